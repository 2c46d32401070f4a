"""The documents name what there is, and the lists that say the same say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from merit_kit.cli import _app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_conda_and_pip_install_the_same_libraries():
    conda = yaml.safe_load(read("environment.yml"))["dependencies"]
    listed = {item for item in conda if isinstance(item, str)} - {"pip"}

    # "psycopg[binary]" of PyPI is "psycopg" of conda: extras are pip's alone.
    required = {re.sub(r"\[[a-z]+\]", "", item) for item in PROJECT["dependencies"]}

    assert listed == {*required, f"python{PROJECT['requires-python']}"}


def test_every_dependency_says_why_it_is_there():
    lines = re.findall(
        r'^  "[a-zA-Z_-]+(?:\[[a-z]+\])?>=[^"]+",(.*)$', read("pyproject.toml"), re.MULTILINE
    )

    assert len(lines) >= len(PROJECT["dependencies"])
    bare = [line for line in lines[: len(PROJECT["dependencies"])] if "#" not in line]
    assert bare == []


def test_every_command_is_in_the_readme():
    tree = _app.command()
    readme = read("README.md")

    for name in tree.commands:
        assert f"merit {name}" in readme, name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_path_that_a_document_names_exists(name):
    text = read(name)
    folders = "merit_kit|tests|data|templates|notebooks|benchmarks"
    named = set(re.findall(rf"`((?:{folders})/[\w./-]*)`", text))
    named |= set(re.findall(r"\]\((?!http)([\w./-]+)\)", text))

    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_name_of_the_package_in_the_guide_exists():
    for dotted in re.findall(r"`([a-z_]+\.[a-z_]+)`", read("CONTRIBUTING.md")):
        room, name = dotted.split(".")
        if (ROOT / "merit_kit" / room).is_dir() or (ROOT / "merit_kit" / f"{room}.py").is_file():
            module = __import__(f"merit_kit.{room}", fromlist=[name])
            assert hasattr(module, name), dotted


def test_each_changelog_entry_opens_with_whether_scores_move():
    entries = re.split(r"^## ", read("CHANGELOG.md"), flags=re.MULTILINE)[1:]

    for entry in entries:
        assert entry.split("\n\n")[1].startswith("**Scores: "), entry.splitlines()[0]


def test_the_security_floors_are_those_of_the_project():
    floors = dict(re.findall(r"^\| (\w+) \| ([\d.]+) \|", read("SECURITY.md"), re.MULTILINE))
    required = dict(item.split(">=") for item in PROJECT["dependencies"])

    assert floors
    for library, floor in floors.items():
        assert required[library] == floor
