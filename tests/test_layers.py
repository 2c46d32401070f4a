"""Imports point down, and each outside library lives in its room."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "merit_kit"

FLOORS = (
    ("errors", "canonical"),
    ("files",),
    ("i18n",),
    ("instrument",),
    ("scoring", "process", "store", "workbook", "preview"),
    ("assessment", "gaps", "charts"),
    ("engine",),
    ("reports", "samples", "practice"),
    ("panels",),
    ("lab",),
    ("cli",),
    ("__main__",),
    # What papermill loads, whatever it is wanted for: it imports nothing until it is used.
    ("_engine",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

ROOMS_OF = {
    "sqlalchemy": {"store"},
    "psycopg": {"store"},
    "yaml": {"instrument", "i18n"},
    "jinja2": {"reports", "charts", "preview"},
    "markupsafe": {"reports", "charts", "preview"},
    "mammoth": {"preview"},
    "papermill": {"reports", "engine", "_engine"},
    "nbconvert": {"reports"},
    "nbclient": {"reports", "engine"},
    "nbformat": {"reports"},
    "IPython": {"engine"},
    "ipykernel": {"engine"},
    "ipykernel_launcher": {"engine"},
    "comm": {"engine"},
    "jupyter_client": {"engine"},
    "psutil": {"reports"},
    "distributed": {"reports"},
    "anywidget": {"panels"},
    "jupyter_server": {"lab"},
    "jupyterlab": {"lab"},
    "traitlets": {"engine", "reports", "panels"},
    "typer": {"cli"},
    "rich": {"cli"},
    "numpy": {"scoring", "process", "gaps", "panels"},
    "pyarrow": {"workbook"},
    "scipy": {"gaps"},
    # Forms are the one's; evidence that nobody asked to be a form is only looked at by the other.
    "openpyxl": {"workbook", "preview"},
    "pandas": set(FLOOR_OF) - {"errors", "files", "canonical", "i18n"},
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_from_the_floors_below_it(path):
    room = room_of(path)
    if room == "__init__":
        assert not [name for name in imported(path) if name.startswith("merit_kit")]
        return
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "merit_kit" or parts[1] == room:
            continue
        assert FLOOR_OF[parts[1]] < FLOOR_OF[room], f"{room} imports {parts[1]}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_an_outside_library_is_imported_only_in_its_room(path):
    for name in imported(path):
        rooms = ROOMS_OF.get(name.split(".")[0])
        assert rooms is None or room_of(path) in rooms, f"{name} in {room_of(path)}"


def test_every_outside_library_has_a_room():
    outside = {name.split(".")[0] for path in FILES for name in imported(path)}
    assert outside - set(sys.stdlib_module_names) - {"merit_kit"} == set(ROOMS_OF)
