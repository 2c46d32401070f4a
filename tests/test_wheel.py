"""The wheel, installed into an environment that knows no checkout, carries all it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from merit_kit.reports._keys import sources

ROOT = Path(__file__).parents[1]
KIT = (
    "data/instruments/kasn-2019.yaml",
    "notebooks/00-mulai.ipynb",
    "templates/laporan_verifikasi.ipynb",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory):
    """An environment with our wheel; the libraries are lent to it, but not our editable install."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False)
    [site] = folder.glob("lib/python*/site-packages")
    # A plain path in a .pth is put on sys.path; .pth files inside it are not read.
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            folder,
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--disable-pip-version-check",
            wheel,
        ],
        check=True,
    )
    return folder


def run(fresh, *arguments, cwd):
    # The lent nbconvert keeps its base templates beside the environment it was installed into.
    lent = str(Path(sys.prefix) / "share" / "jupyter")
    return subprocess.run(
        [fresh / "bin" / arguments[0], *arguments[1:]],
        cwd=cwd,
        env={**os.environ, "JUPYTER_PATH": lent},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


def test_the_wheel_carries_templates_data_and_notebooks(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    for path in KIT:
        assert f"merit_kit/_kit/{path}" in names
    shared = [n for n in names if n.endswith("share/jupyter/nbconvert/templates/merit/conf.json")]
    assert len(shared) == 1
    lab = "merit_kit/lab/labextensions/merit-kit"
    assert {f"{lab}/package.json", f"{lab}/static/remoteEntry.js"} <= set(names)


def test_the_installed_kit_reads_its_own_folder(fresh, tmp_path):
    out = run(
        fresh,
        "python",
        "-c",
        "from merit_kit.files import kit_folder; print(kit_folder('data'))",
        cwd=tmp_path,
    )

    assert Path(out.strip()).is_relative_to(fresh)


def test_from_the_installed_wheel_alone_a_report_can_be_made(fresh, tmp_path):
    run(fresh, "merit", "demo", "kerja", "--no-reports", cwd=tmp_path)
    run(
        fresh,
        *("merit", "reports", "--store", "kerja", "--round", "2026-2", "--agency", "kota-palu"),
        cwd=tmp_path,
    )

    page = tmp_path / "kerja" / "reports" / "2026-2" / "verifikasi" / "kota-palu.id.html"
    assert "Kota Palu" in page.read_text(encoding="utf-8")
    assert (tmp_path / "kerja" / "00-mulai.ipynb").exists()


def test_the_installed_kit_answers_as_jupyter_merit(fresh, tmp_path):
    assert "kasn-2019" in run(fresh, "jupyter-merit", "instrument", "list", cwd=tmp_path)


SOURCES = """
from merit_kit.files import kit_folder
from merit_kit.reports._keys import sources
print(sources())
[fragment] = (kit_folder("templates") / "fragments").glob("life*")
text = fragment.read_bytes()
fragment.write_bytes(text + b"<!-- -->")
sources.cache_clear()
print(sources())
fragment.write_bytes(text)
"""


def test_the_installed_kit_has_the_key_of_the_checkout_until_a_fragment_of_it_is_edited(
    fresh, tmp_path
):
    installed, edited = run(fresh, "python", "-c", SOURCES, cwd=tmp_path).split()
    sources.cache_clear()

    assert installed == sources() != edited
