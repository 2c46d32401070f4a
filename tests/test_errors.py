"""What the kit refuses: every kind of error, found by walking the package, and how it is told."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
from decimal import Decimal

import pytest

import merit_kit
from merit_kit import i18n
from merit_kit.errors import Cell, MeritError, Problem, TableError


def _kinds(of: type[MeritError] = MeritError) -> list[type[MeritError]]:
    return [of, *(kind for child in of.__subclasses__() for kind in _kinds(child))]


for _module in pkgutil.walk_packages(merit_kit.__path__, "merit_kit."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_an_error_that_goes_to_another_process_arrives_whole(kind):
    problem = Problem(Cell(3, "mandiri", "Lembar 1"), "level-off-scale", Decimal("2.5"), "0, 1")
    cause = TableError("file-missing", path="b.csv")
    sent = kind("table-faulty", [problem], [cause], path="a.csv", count=1)

    arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301 our own bytes

    assert type(arrived) is kind
    assert str(arrived) == str(sent)
    assert [str(below) for below in arrived.causes] == ["file-missing (path='b.csv')"]
    assert (arrived.key, arrived.problems, arrived.facts) == (
        "table-faulty",
        (problem,),
        {"path": "a.csv", "count": 1},
    )


@pytest.mark.parametrize("kind", _kinds()[1:], ids=lambda kind: kind.__name__)
def test_whoever_catches_merit_error_catches_every_kind(kind):
    with pytest.raises(MeritError):
        raise kind("levels")


def test_an_error_tells_a_developer_its_key_its_facts_and_all_its_problems():
    error = TableError(
        "table-faulty", [Problem("1.1", "missing"), Problem("1.2", "not-text", 7)], path="a.csv"
    )

    assert str(error) == "table-faulty (path='a.csv')\n  1.1: missing\n  1.2: not-text (found 7)"


def test_an_error_tells_what_was_refused_below_it():
    error = MeritError("tables-faulty", causes=[TableError("file-missing", path="b.csv")], count=1)

    assert str(error) == "tables-faulty (count=1)\n  file-missing (path='b.csv')"


def test_an_error_without_facts_is_just_its_key():
    assert str(MeritError("levels")) == "levels"


def test_problems_may_be_given_as_any_iterable_and_are_kept_as_a_tuple():
    assert MeritError("levels", iter([Problem("1.1", "missing")])).problems == (
        Problem("1.1", "missing"),
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(3), "3"),
        (Cell(3, "mandiri"), "3:mandiri"),
        (Cell(3, "mandiri", "Lembar 1"), "Lembar 1:3:mandiri"),
    ],
    ids=["line", "column", "sheet"],
)
def test_a_cell_names_only_what_is_known_of_its_place(cell, text):
    assert str(cell) == text


def test_a_problem_cannot_be_changed():
    with pytest.raises(AttributeError):
        Problem("1.1", "missing").key = "other"  # type: ignore[misc]


def test_a_notebook_shows_the_sentence_of_a_refusal_instead_of_a_traceback(monkeypatch):
    monkeypatch.setenv("MERIT_LANG", "en")
    error = TableError("table-faulty", [Problem("1.1", "missing")], path="a.csv", count=1)

    assert error._render_traceback_() == i18n.explain(error, "en").splitlines()
    assert error._render_traceback_()[1] == "  - 1.1: is missing"
