"""Every notebook is thin, committed without outputs, and runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import partial
from pathlib import Path

import nbformat
import papermill
import pytest

from merit_kit.assessment import settle_in
from merit_kit.reports._exporter import MeritExporter
from merit_kit.store import create_store
from tests.evaluators import demo_with_evaluators

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALL = [*NOTEBOOKS, *sorted((ROOT / "templates").glob("*.ipynb"))]
NAMES = [path.name for path in ALL]


# Opened in a work folder; the others make what they need.
NEEDS_A_STORE = {
    "05-penilaian-mandiri.ipynb",
    "10-sesi-penilaian.ipynb",
    "15-latihan.ipynb",
    "20-ruang-diskusi.ipynb",
    "32-kalibrasi-penilai.ipynb",
    "30-analisis-kesenjangan.ipynb",
}


# What is there to be read is read as somebody with a role.
OF_ALL_AGENCIES = {"32-kalibrasi-penilai.ipynb"}


def code_cells(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_a_notebook_is_committed_without_outputs(path):
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


@pytest.mark.parametrize("path", ALL, ids=NAMES)
def test_a_notebook_is_thin(path):
    cells = code_cells(path)

    # A report has a cell for each of its parts.
    assert len(cells) <= (8 if path in NOTEBOOKS else 18)
    for cell in cells:
        tree = ast.parse(cell.source)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.name for p in NOTEBOOKS])
def test_a_notebook_runs_from_nothing_and_runs_again(path, tmp_path):
    if path.name in NEEDS_A_STORE:
        with create_store(tmp_path) as made:
            if path.name in OF_ALL_AGENCIES:
                settle_in(made)
    for _ in range(2):
        papermill.execute_notebook(
            str(path),
            str(tmp_path / path.name),
            cwd=str(tmp_path),
            progress_bar=False,
            extra_arguments=["--log-level=ERROR"],
        )


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """The demonstration, with evaluators of known severity; Sri is its secretariat."""
    place = tmp_path_factory.mktemp("kalibrasi") / "ws"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTERHUB_USER", "sri")
        demo_with_evaluators(place)
    return place


def _calibrated(place, out, **more):
    executed = papermill.execute_notebook(
        str(ROOT / "notebooks" / "32-kalibrasi-penilai.ipynb"),
        str(out / "out.ipynb"),
        parameters={"store": str(place)},
        progress_bar=False,
        **more,
    )
    page, _ = MeritExporter().from_notebook_node(executed)
    shown = [
        output["data"]["text/html"]
        for cell in executed.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    return shown, page


def test_the_notebook_of_evaluators_shows_who_is_severe_and_who_never_lowers(
    evaluated, tmp_path, monkeypatch
):
    monkeypatch.setenv("JUPYTERHUB_USER", "sri")
    quiet = {"extra_arguments": ["--log-level=ERROR"]}
    (alike, second, people, lowering), page = _calibrated(evaluated, tmp_path, **quiet)

    assert "538 subaspek dalam 15 penilaian" in alike
    assert "4 orang seluruhnya" in alike
    # Severity and drift are drawn; practice is one run, and told without an interval.
    assert alike.count('role="img"') == 2
    drawn = alike[alike.index("Keketatan setiap penilai") : alike.index("Pergeseran")]
    order = ["Rina Wulandari", "Penilai Contoh (fiktif)", "Made Wirawan"]
    assert [drawn.index(f">{name}<") for name in order] == sorted(
        drawn.index(f">{name}<") for name in order
    )
    assert "Budi Santoso (148 subaspek, 4 penilaian)" in drawn
    assert "tidak dapat dipisahkan" not in alike
    assert "Memverifikasi 148 level dalam 4 penilaian tanpa menurunkan satu pun" in second
    for frame in (people, lowering):
        assert "Budi Santoso" in frame
    assert "SIMULASI, BUKAN HASIL RESMI" in page
    assert "Memverifikasi 148 level" in page
    assert "<script" not in page


def test_to_an_evaluator_the_same_notebook_names_nobody(evaluated, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "eva")
    monkeypatch.setenv("MERIT_LANG", "en")
    (alike, second, *_), page = _calibrated(evaluated, tmp_path, engine_name="merit")

    assert "From 538 sub-aspects in 15 assessments" in alike
    for shown in (alike, second):
        assert "are shown to the secretariat, hosts and commissioners alone" in shown
    assert not [name for name in ("Budi Santoso", "Rina", "Made") if name in page]


def test_the_first_notebook_ends_with_a_report_that_says_it_is_a_simulation(tmp_path):
    executed = papermill.execute_notebook(
        str(ROOT / "notebooks" / "00-mulai.ipynb"),
        str(tmp_path / "out.ipynb"),
        cwd=str(tmp_path),
        progress_bar=False,
        extra_arguments=["--log-level=ERROR"],
    )

    shown = executed.cells[-1].outputs[0]["data"]["text/html"]
    assert shown.startswith('<iframe sandbox=""')
    assert "SIMULASI, BUKAN HASIL RESMI" in shown


def test_the_notebook_of_gaps_shows_the_demo_and_keeps_it_when_exported(tmp_path):
    from merit_kit import samples

    samples.make_demo(tmp_path / "ws")
    executed = papermill.execute_notebook(
        str(ROOT / "notebooks" / "30-analisis-kesenjangan.ipynb"),
        str(tmp_path / "out.ipynb"),
        cwd=str(tmp_path / "ws"),
        progress_bar=False,
        extra_arguments=["--log-level=ERROR"],
    )

    [output] = executed.cells[-1].outputs
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    page, _ = MeritExporter().from_notebook_node(executed)
    for kept in (output["data"]["text/html"], page):
        assert kept.count('class="mc"') == 5
        assert "SIMULASI, BUKAN HASIL RESMI" in kept
        assert "BELUM DITETAPKAN" in kept
        heat = kept[kept.index("<table") : kept.index("</table>")]
        assert heat.count('scope="row"') == 12
        # The highest total first; Kota Kediri has 75 % of aspect 1 and 272.5 points.
        assert heat.index("Kementerian Urusan Percontohan") < heat.index("Kota Kediri")
        kediri = heat[heat.index("Kota Kediri") :].partition("</tr>")[0]
        assert '<td class="n">75</td>' in kediri
        assert '<td class="n">272,5</td><td>Baik, belum ditetapkan</td>' in kediri
        assert "Median yang dipublikasikan" in kept


def test_papermill_and_nbconvert_by_hand_give_the_same_page_as_the_batch(tmp_path):
    from merit_kit import assessment, reports, samples

    with samples.open_practice(tmp_path / "ws") as store:
        file, by = tmp_path / "ws" / "impor" / "kota-palu.csv", assessment.whoami(store)
        how = assessment.Incoming(invented=True, stage="verifikasi")
        assessment.import_files(store, [file], samples.DEMO_ROUND, by, how)
        case = assessment.make_case(store, "kota-palu", samples.DEMO_ROUND)
        compared = reports.comparisons(store, samples.DEMO_ROUND)
    [made] = reports.make_reports([case], tmp_path / "reports", comparisons=compared)

    executed = papermill.execute_notebook(
        str(ROOT / "templates" / "laporan_verifikasi.ipynb"),
        str(tmp_path / "tangan.ipynb"),
        parameters={
            "store": str(tmp_path / "ws"),
            "agency": "kota-palu",
            "round": samples.DEMO_ROUND,
        },
        progress_bar=False,
        extra_arguments=["--log-level=ERROR"],
    )
    page, _ = MeritExporter().from_notebook_node(executed)

    assert page == made.path.read_text(encoding="utf-8")


def test_the_plain_tools_on_the_command_line_make_a_page(tmp_path):
    from merit_kit import samples

    samples.make_demo(tmp_path / "ws")
    template = ROOT / "templates" / "laporan_verifikasi.ipynb"
    given = ["-p", "store", tmp_path / "ws", "-p", "agency", "kota-palu", "-p", "round", "2026-2"]
    run = partial(subprocess.run, cwd=tmp_path, check=True, capture_output=True)

    run([sys.executable, "-m", "papermill", template, "out.ipynb", *given])
    run([sys.executable, "-m", "nbconvert", "--to", "merit", "out.ipynb"])

    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<h1>Kota Palu</h1>" in page
    assert "SIMULASI, BUKAN HASIL RESMI" in page


def test_a_refusal_shows_in_a_notebook_as_its_sentence_and_not_as_a_traceback(tmp_path):
    with pytest.raises(papermill.PapermillExecutionError):
        papermill.execute_notebook(
            str(ROOT / "templates" / "laporan_verifikasi.ipynb"),
            str(tmp_path / "gagal.ipynb"),
            parameters={"store": str(tmp_path), "agency": "x", "round": "y"},
            progress_bar=False,
            extra_arguments=["--log-level=ERROR"],
        )

    notebook = nbformat.read(tmp_path / "gagal.ipynb", as_version=4)
    [error] = [o for c in notebook.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    assert error.traceback[0].startswith("Penyimpanan ")
    assert "tidak ditemukan" in error.traceback[0]
