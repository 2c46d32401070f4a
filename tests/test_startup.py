"""What starts quickly imports little. No clock: which modules are loaded is what decides it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    *("pandas", "numpy", "sqlalchemy", "yaml", "jinja2", "IPython", "papermill", "nbconvert"),
    *("nbformat", "openpyxl", "psycopg", "distributed", "scipy", "jupyter_server", "ipykernel"),
    *("merit_kit.store", "merit_kit.reports", "merit_kit.assessment", "merit_kit.engine"),
}


def loaded(code: str) -> set[str]:
    """The heavy modules that a program has loaded at its end."""
    ending = "\nimport sys; print('', *sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + ending], capture_output=True, encoding="utf-8", check=True
    )
    return HEAVY & set(done.stderr.split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded("import merit_kit") == set()


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("asked", [["--help"], ["reports", "--help"], []])
def test_help_loads_nothing_heavy(asked, lang):
    code = (
        f"import sys; sys.argv = ['merit', '--lang', {lang!r}, *{asked!r}]\n"
        "from merit_kit.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )

    assert loaded(code) == set()


def test_what_is_heavy_would_be_seen():
    assert {"pandas", "sqlalchemy", "merit_kit.store"} <= loaded("import merit_kit.store")
