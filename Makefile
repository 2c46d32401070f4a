SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MERIT := $(BIN)/merit

.PHONY: demo lab test lint browser clean

demo: $(VENV)/.kit
	$(MERIT) demo workspace

lab: $(VENV)/.kit
	$(MERIT) lab workspace

# Reading a file without naming its encoding works here and breaks on Windows: a warning, so an error.
# Three on two cores: the one in front of JupyterLab waits most of its time.
test: $(VENV)/.test browser
	PYTHONWARNDEFAULTENCODING=1 $(BIN)/python -m pytest -n 3

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Chromium for the tests that look at a page. Where it cannot be installed, this says how.
browser: $(VENV)/.test
	$(BIN)/python tests/install_browser.py

$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'merit-kit needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.kit: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/.kit

clean:
	rm -rf $(VENV) workspace
