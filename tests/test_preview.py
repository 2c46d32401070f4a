"""Evidence made safe to look at: what is shown of each kind, and what of files that mean harm.

The reader runs in its process apart, as in the panel. What a browser makes of the pages:
test_panel_files.py.
"""

from __future__ import annotations

import datetime
import io
import os
import re
import signal
import zipfile
import zlib
from pathlib import Path
from threading import Timer

import psutil
import pytest

from merit_kit import preview
from merit_kit.i18n import LANGUAGES, Words
from merit_kit.preview import Preview, _preview, _process, _scripts
from merit_kit.preview._clean import cleaned
from merit_kit.preview._signs import UnshownError
from merit_kit.store import _file_types
from tests import hostile_files as h

SAMPLES = Path(__file__).parents[1] / "data" / "samples" / "bukti"
EVIL = "<script>parent.evil=1</script><img src=x onerror=parent.evil=1>"
ESCAPED = "&lt;script&gt;parent.evil=1&lt;/script&gt;"


def shown(content: bytes, name: str = "berkas", lang: str = "id") -> Preview:
    return preview.of(content, name, Words(lang))


def page(content: bytes, name: str = "berkas", kind: str = "page") -> str:
    """The HTML of a preview; it has no script, no address and its own rules, whatever was in it."""
    made = shown(content, name)
    assert (made.kind, made.type) == (kind, "text/html"), made.said
    html = made.content.decode("utf-8")
    # Of all HTML there is, these are the tags we write; each is ours.
    tags = set(re.findall(r"<([a-zA-Z0-9]+)", html))
    assert tags <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "pre"),
        *("fieldset", "legend", "input", "label", "section", "div", "table", "thead", "tbody"),
        *("tr", "th", "td", "strong", "em", "ul", "ol", "li", "br", "img", "span"),
    }
    assert not re.search(r"<[^>]*\s(?:on\w+|href|action|srcset)\s*=", html)
    assert all(src.startswith("data:image/") for src in re.findall(r'<[^>]* src="([^"]*)', html))
    assert "default-src 'none'" in html
    return html


def cells(html: str) -> list[list[str]]:
    """The texts of the first table."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    assert body
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


def why(content: bytes, name: str = "berkas") -> str:
    """Why nothing is shown of a file: which sentence says so."""
    for lang in LANGUAGES:
        made = shown(content, name, lang)
        assert (made.kind, made.type, made.content) == ("none", "", b"")
        assert made.said
        assert "{" not in made.said
    indonesian = shown(content, name).said
    keys = [key for key in catalogue_of_why() if matches(key, indonesian)]
    assert len(keys) == 1, indonesian
    return keys[0]


def catalogue_of_why() -> list[str]:
    from merit_kit.i18n import catalogue

    return [key for key in catalogue("id") if key.startswith("preview.why.")]


def matches(key: str, sentence: str) -> bool:
    from merit_kit.i18n import catalogue

    parts = re.split(r"\{\w+\}", catalogue("id")[key])
    return bool(re.fullmatch(".*".join(map(re.escape, parts)), sentence, re.DOTALL))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*/*.*")), ids=lambda path: path.name)
def test_each_file_of_the_sample_evidence_is_shown(path):
    kinds = {".pdf": "pdf", ".png": "image", ".xlsx": "page", ".docx": "page"}

    made = shown(path.read_bytes(), path.name)

    assert made.kind == kinds[path.suffix]
    if made.kind in ("pdf", "image"):
        assert made.content == path.read_bytes()
        assert made.type in ("application/pdf", "image/png")
    else:
        page(path.read_bytes(), path.name)


def test_as_much_is_shown_as_the_store_keeps():
    assert preview.MOST_BYTES == _file_types.MOST_BYTES
    assert shown(h.pdf(preview.MOST_BYTES)).kind == "pdf"
    assert why(b"%PDF-" + b"\0" * preview.MOST_BYTES) == "preview.why.large"


@pytest.mark.parametrize(
    ("content", "type_"),
    [(h.pdf(), "application/pdf"), (h.png(), "image/png"), (h.jpeg(), "image/jpeg")],
    ids=["pdf", "png", "jpeg"],
)
def test_the_media_type_is_what_the_contents_say_and_never_the_name(content, type_):
    made = shown(content, "tagihan.html")

    assert (made.type, made.content) == (type_, content)


def test_a_pdf_that_is_a_page_as_well_is_shown_as_a_pdf():
    both = h.pdf().replace(b"%x", b"%x<html><script>parent.evil=1</script></html>", 1)

    assert shown(both).type == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("surat.pdf", f"<!DOCTYPE html><html><body>{EVIL}</body></html>"),
        ("logo.svg", f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{EVIL}</svg>'),
        ("data.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' + EVIL),
    ],
)
def test_markup_is_shown_as_the_text_it_is(name, content):
    html = page(content.encode(), name, "text")

    assert ESCAPED in html


@pytest.mark.parametrize("name", [b"/JavaScript", b"/Java#53cript", b"/#4aavaScript"])
def test_a_pdf_that_would_run_a_script_is_shown_without_it(name):
    content = h.pdf(script=b"app.alert(1)").replace(b"/JavaScript", name)

    made = shown(content)

    # Of the same length, or no reader would find its objects.
    quiet = content.replace(name, b"/" + b"x" * (len(name) - 1))
    assert (made.kind, made.content) == ("pdf", quiet.replace(b"/OpenAction", b"/xxxxxxxxxx"))
    # What only begins alike, or is no name, is left alone.
    assert shown(h.pdf() + b"/JavaScripts JavaScript").content.endswith(b"/JavaScripts JavaScript")


_PACKED = b"/Type /ObjStm /Filter /FlateDecode >>\nstream\r\n"
SCRIPT = b"<< /S /JavaScript /JS (app.alert) >>"


def packed(objects: bytes, begins: bytes = _PACKED) -> bytes:
    """A PDF with objects in a compressed stream."""
    stream = b"9 0 obj\n<< " + begins + objects + b"\nendstream\nendobj\nxref\n0 4"
    return h.pdf().replace(b"xref\n0 4", stream)


def test_a_script_that_cannot_be_taken_out_is_told_and_the_pdf_not_shown():
    assert why(packed(zlib.compress(SCRIPT))) == "preview.why.script"
    assert why(packed(b"locked")) == "preview.why.script"
    assert why(packed(zlib.compress(SCRIPT + b" " * 2**25))) == "preview.why.script"
    assert shown(packed(zlib.compress(b"<< /S /GoTo >>"))).kind == "pdf"


@pytest.mark.parametrize("name", [b"/XFA [(a) 5 0 R]", b"/XFA 5 0 R", b"/S /Rendition"])
def test_a_form_or_a_film_with_scripts_of_its_own_is_such_a_script(name):
    assert why(packed(zlib.compress(b"<< " + name + b" >>"))) == "preview.why.script"


HIDDEN = zlib.compress(SCRIPT)
HARMLESS = zlib.compress(b"<< /S /GoTo >>")


@pytest.mark.parametrize(
    "content",
    [
        # Stored, not packed: what it holds may be anything, also the word by which streams end.
        packed(zlib.compress(b"(endstream)" + SCRIPT, 0)),
        packed(
            HIDDEN, b"/Type /ObjStm /A (>>\nstream\n" + HARMLESS + b"endstream) " + _PACKED[14:]
        ),
        packed(HIDDEN, b"/Type /ObjStm %>>stream\n" + HARMLESS + b"\n" + _PACKED[14:]),
        packed(HIDDEN, _PACKED.replace(b"\r\n", b"\r")),
        packed(HIDDEN, _PACKED.replace(b"/ObjStm", b"/Obj#53tm")),
        packed(HIDDEN, b"/Type /ObjStm >>\nendobj\n8 0 obj\n<< " + _PACKED[14:]),
        packed(
            zlib.compress(HIDDEN), b"/Filter [/FlateDecode /FlateDecode] /Type /ObjStm >>stream\n"
        ),
        packed(HIDDEN, b"/DecodeParms << /Predictor 2 >> " + _PACKED),
        packed(HIDDEN[:-8]),
    ],
    ids=[
        *("its end in its data", "another in a string", "another in a remark", "an end of line"),
        *("another spelling", "another object", "packed twice", "shifted", "cut off"),
    ],
)
def test_no_way_of_writing_hides_a_packed_script(content):
    assert why(content) == "preview.why.script"


def test_packed_objects_that_name_themselves_often_are_not_unpacked_as_often():
    assert why(packed(HARMLESS, b"/ObjStm " + _PACKED)) == "preview.why.script"


def test_of_one_file_so_much_is_unpacked_all_together():
    large = zlib.compress(b" " * (9 * 2**20))

    assert _scripts.quiet(packed(large))
    with pytest.raises(UnshownError, match="script"):
        _scripts.quiet(packed(large).replace(b"xref\n0 4", packed(large)[9:]))


def test_a_pdf_is_looked_through_where_it_can_be_given_up(monkeypatch):
    monkeypatch.setattr(_preview._process, "make", lambda *_: ("pdf", "application/pdf", b"x", ""))

    assert shown(h.pdf()).content == b"x"


@pytest.mark.parametrize("deed", [b"<< /O 5 0 R >>", b"[5 0 R]", b" 5 0 R", b"%x\n5 0 R"])
def test_nothing_is_done_because_a_page_is_turned(deed):
    content = h.pdf() + b"/AA" + deed + b"/XFA" + deed

    assert shown(content).content[len(h.pdf()) :] == b"/xx" + deed + b"/xxx" + deed


def test_a_picture_in_which_such_a_name_comes_about_by_chance_stays_as_it_is():
    content = h.pdf() + b"/AA\x9c/AA5/XFA\x01"

    assert shown(content).content == content


def test_a_text_under_the_name_of_a_pdf_says_so():
    assert "PDF" in shown(b"<html></html>", "surat.pdf").said
    assert shown(b"<html></html>", "surat.html").said == ""


def test_the_name_of_a_file_is_a_text_like_any_other():
    html = page(b"isi", f"</title>{EVIL}.txt", "text")

    assert html.count(ESCAPED) == 2  # the title and the heading


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("latin-1", True)],
)
def test_a_text_is_read_in_its_encoding_and_a_guess_is_told(encoding, told):
    made = shown("Tabel pensiun é\nbaris dua".encode(encoding))

    assert "Tabel pensiun é\nbaris dua" in made.content.decode("utf-8")
    assert ("dibaca sebagai Windows-1252" in made.said) is told


@pytest.mark.parametrize("content", [b"kode\0nama", bytes(range(256)) * 4, b"\xff\xfe\0"])
def test_what_is_no_text_is_not_shown_as_one(content):
    assert why(content) == "preview.why.binary"


def test_a_sign_without_a_shape_is_shown_by_its_picture():
    assert "kode␛[31m" in page(b"kode\x1b[31m merah", kind="text")


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_text_with_separators_is_a_table(separator):
    lines = [["kode", "nama"], ["1.1", EVIL], ["1.2", "dua"]]
    html = page("\r\n".join(separator.join(row) for row in lines).encode())

    assert cells(html)[0] == ["kode", "nama"]
    assert cells(html)[2] == ["1.2", "dua"]
    assert ESCAPED in html


def test_a_text_in_sentences_is_no_table():
    assert shown(b"Dengan hormat, bersama ini\nkami kirimkan berkas.").kind == "text"


def test_of_a_long_text_the_beginning_is_shown_and_how_much_that_is():
    made = shown(b"baris\n" * 10_000)

    assert made.content.decode().count("baris\n") + 1 == 3000
    assert made.said == "3.000 baris pertama dari 10.000 ditampilkan."


def test_a_workbook_is_shown_cell_by_cell_as_its_sheets_show_it():
    def fill(book):
        sheet = book.active
        sheet.title = "Rekap"
        sheet.append(["Nama", EVIL])
        sheet.append([2026, 1234567.5, 0.125, datetime.date(2026, 3, 1), True])
        sheet["B2"].number_format, sheet["C2"].number_format = "#,##0.00", "0.0%"
        hidden = book.create_sheet("Kerja")
        hidden.sheet_state = "hidden"

    html = page(h.xlsx(fill))

    assert cells(html)[1] == ["2026", "1.234.567,5", "12,5%", "2026-03-01", "TRUE"]
    assert ESCAPED in html
    assert "Rekap" in html
    assert "Kerja (tersembunyi)" in html


def test_a_formula_is_shown_as_text_and_its_stored_result_where_there_is_one():
    content = h.rows(
        h.xlsx(lambda book: None),
        "A1:B1",
        '<row r="1"><c r="A1"><f>HYPERLINK("javascript:alert(1)","buka")</f></c>'
        '<c r="B1"><f>1+1</f><v>2</v></c></row>',
    )

    [[formula, result]] = cells(page(content))

    assert formula == "=HYPERLINK(&#34;javascript:alert(1)&#34;,&#34;buka&#34;)"
    assert result == "2"


def test_of_ten_thousand_columns_the_first_are_shown():
    def fill(book):
        book.active.append(list(range(10_000)))

    html = page(h.xlsx(fill))

    assert len(cells(html)[0]) == 60
    assert "60 kolom pertama dari 10.000 ditampilkan." in html


def test_of_a_million_rows_the_first_are_shown():
    lines = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 1_000_001))
    html = page(h.rows(h.xlsx(lambda book: None), "A1:A1000000", lines))

    assert [row[0] for row in cells(html)][-1] == "300"
    assert "300 baris pertama dari 1.000.000 ditampilkan." in html


def test_two_cells_at_the_ends_of_a_sheet_cost_no_more_than_two():
    ends = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )
    html = page(h.rows(h.xlsx(lambda book: None), "A1:XFD1048576", ends))

    assert cells(html)[0] == ["1"]


def test_a_document_keeps_its_headings_tables_and_pictures():
    drawn, relation = h.pictured("media/a.png")
    table = f"<w:tbl><w:tr><w:tc>{h.said('sel')}</w:tc></w:tr></w:tbl>"
    content = h.docx(
        h.said("Surat &amp; &lt;b&gt;") + table + drawn, relation, **{"word/media/a.png": h.png()}
    )

    html = page(content)

    assert "<p>Surat &amp; &lt;b&gt;</p>" in html
    assert "<td><p>sel</p></td>" in html
    assert 'src="data:image/png;base64,' in html


@pytest.mark.parametrize("target", ["javascript:alert(1)", "https://contoh.go.id", "file:///etc"])
def test_a_link_in_a_document_is_its_text_and_leads_nowhere(target):
    html = page(h.docx(*h.linked("buka di sini", target)))

    assert "buka di sini" in html
    assert target not in html


def test_a_picture_that_lies_outside_a_document_is_not_fetched(tmp_path):
    outside = tmp_path / "rahasia.png"
    outside.write_bytes(h.png())
    for target in (outside.as_uri(), str(outside)):
        html = page(h.docx(*h.pictured(target, "link")))

        assert "gambar tidak ditampilkan" in html
        assert "<img" not in html


def test_a_picture_in_a_document_that_is_none_is_not_shown():
    drawn, relation = h.pictured("media/a.png")
    content = h.docx(drawn, relation, **{"word/media/a.png": f"<svg>{EVIL}</svg>"})

    assert "gambar tidak ditampilkan" in page(content)


def test_html_of_others_is_built_anew_of_what_is_allowed():
    dirty = (
        f'<h1 onclick="x()">A &amp; B</h1>{EVIL}<a href="javascript:x()">teks</a>'
        '<td colspan="2" rowspan="x" style="y">sel<style>p{}</style><svg><p>z</p></svg>'
        '<img src="data:image/svg+xml;base64,AAAA">'
        '<img src="data:image/png;base64,AAAA" alt="&quot;>">'
    )

    html, whole = cleaned(dirty, 1000, "tanpa gambar")

    assert whole
    assert html == (
        '<h2>A &amp; B</h2><span class="gone">tanpa gambar</span>teks<td colspan="2">sel'
        '<span class="gone">tanpa gambar</span>'
        '<img src="data:image/png;base64,AAAA" alt="&quot;&gt;"></td>'
    )


def test_a_text_that_is_cut_leaves_nothing_open():
    assert cleaned("<ul><li><p>abcdef</p></li></ul><p>g</p>", 3, "") == (
        "<ul><li><p>abc</p></li></ul>",
        False,
    )


ZERO = b"\0" * 11_000_000
BOOK = {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (h.png()[:-20], "torn"),
        (h.jpeg()[:-2], "torn"),
        (h.pdf(4000)[:3000], "torn"),
        (h.xlsx(lambda book: None)[:-40], "torn"),
        (h.png(named=(60_000, 60_000)), "pixels"),
        (h.jpeg(60_000, 60_000), "pixels"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old"),
        (h.package({**BOOK, "xl/vbaProject.bin": b"x"}), "macro"),
        (h.package({**BOOK, "xl/macrosheets/sheet1.xml": "<x/>"}), "macro"),
        (h.package({"a.txt": "x"}), "foreign"),
        (h.package({"content.xml": "<x/>"}), "foreign"),
        (b"GIF89a", "foreign"),
        (b"MZ\x90", "foreign"),
        (h.package({**BOOK, "xl/media/a.bin": ZERO}), "bomb"),
        (h.package({**BOOK, **{f"a{n}": "" for n in range(3001)}}), "bomb"),
        (h.package(BOOK), "damaged"),
        (h.package({**BOOK, "xl/a.xml": "<!DOCTYPE x><x/>"}), "damaged"),
        (h.docx("<w:p>"), "damaged"),
        (h.docx(h.said("x" * 11_000_000), **{"a": os.urandom(200_000)}), "bomb"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_shown_is_told_with_the_way_out(content, key):
    assert why(content) == f"preview.why.{key}"


def test_a_document_of_too_much_text_is_not_read():
    text = b"<x>" + os.urandom(5_100_000).hex().encode() + b"</x>"
    content = h.package({"[Content_Types].xml": "<x/>", "word/document.xml": text})

    assert why(content) == "preview.why.heavy"


def test_a_document_type_is_refused_whatever_it_names():
    content = h.docx(h.said("&a;"))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = (
        b'<!DOCTYPE x [<!ENTITY a "terbuka">]>' + parts["word/document.xml"]
    )

    assert why(h.package(parts)) == "preview.why.damaged"


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read(monkeypatch):
    _process.start()
    psutil.Process(_process._running._child.pid).suspend()
    monkeypatch.setattr(_process, "TIME_LIMIT", 0.3)
    assert shown(b"a;b\n1;lama").said == Words("id")("preview.why.slow")
    monkeypatch.undo()

    assert shown(b"a;b\n1;lama").kind == "page"


def test_a_reader_that_breaks_over_a_file_is_told_and_the_next_file_is_read():
    _process.start()
    reading = psutil.Process(_process._running._child.pid)
    reading.suspend()
    breaks = Timer(0.2, reading.kill)
    breaks.start()

    assert shown(b"a;b\n1;rusak").said == Words("id")("preview.why.broken")
    breaks.join()
    assert shown(b"a;b\n1;rusak").kind == "page"


def test_a_reader_that_is_gone_is_replaced_before_anybody_notices():
    _process.start()
    first = _process._running
    first._child.kill()
    first._child.wait()

    assert shown(b"a;b\n1;mati").kind == "page"
    assert _process._running is not first


@pytest.mark.skipif(os.name == "nt", reason="there it reaches no child")
def test_the_reader_is_not_stopped_with_a_cell():
    _process.start()
    reading = _process._running
    reading._child.send_signal(signal.SIGINT)

    assert shown(b"a;b\n1;sela").kind == "page"
    assert _process._running is reading


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="a system without such limits")
def test_the_reader_has_only_so_much_memory():
    _process.start()

    assert psutil.Process(_process._running._child.pid).rlimit(psutil.RLIMIT_AS)[0] == 3 * 2**29


def test_after_many_files_another_reader_takes_over(monkeypatch):
    shown(b"a;b\n1;pertama")
    first = _process._running
    first.left = 1

    assert shown(b"a;b\n1;terakhir").kind == "page"
    assert first._child.poll() is not None
    assert shown(b"a;b\n1;baru").kind == "page"


def test_a_page_is_made_once_for_each_file_name_and_language(monkeypatch):
    made = shown(b"a;b\n1;sekali", "a.csv")
    monkeypatch.setattr(_process, "make", lambda *_: pytest.fail("made again"))

    assert shown(b"a;b\n1;sekali", "a.csv") is made
    with pytest.raises(BaseException, match="made again"):
        shown(b"a;b\n1;sekali", "b.csv")
    with pytest.raises(BaseException, match="made again"):
        shown(b"a;b\n1;sekali", "a.csv", "en")


def test_the_pages_that_are_kept_are_the_ones_made_last(monkeypatch):
    monkeypatch.setattr(_preview, "_MOST_KEPT", 8)
    kept = _preview._Kept()
    for name in ("a", "b", "c"):
        kept.put((name, "", ""), Preview("page", content=b"1234"))

    assert [kept.get((name, "", "")) is not None for name in "abc"] == [False, True, True]


# What whoever gives a file is told of it


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sk.pdf", h.pdf()[:80], "Berkas PDF ini tidak utuh"),
        ("rusak.docx", h.docx("<w:p>"), "rusak sehingga tidak terbaca"),
        ("bom.png", h.png(named=(60_000, 60_000)), "juta piksel"),
        ("halo.pdf", b"halo", "berakhiran PDF, sedangkan isinya teks biasa"),
        ("foto.pdf", h.png(), "berakhiran PDF, sedangkan isinya PNG"),
        ("surat.xlsx", h.docx(h.said("halo")), "berakhiran XLSX, sedangkan isinya DOCX"),
    ],
    ids=["torn", "damaged", "pixels", "text as pdf", "picture as pdf", "document as workbook"],
)
def test_whoever_gives_a_file_nobody_can_look_at_is_told_what_it_is_and_the_way_out(
    name, content, said
):
    told = preview.unfit(content, name, Words("id"))

    assert told.startswith("Tersimpan, tetapi")
    assert said in told
    assert "Ganti berkas" in told
    assert preview.unfit(content, name, Words("en")).startswith("Saved, but")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sk.pdf", h.pdf()),
        ("FOTO.JPG", h.jpeg()),
        ("rekap.csv", "nama;é\n".encode("cp1252")),
        ("surat.docx", h.docx(h.said("halo"))),
        ("tanpa akhiran", b"halo"),
    ],
)
def test_of_a_file_that_is_what_its_name_says_nothing_is_told(name, content):
    assert preview.unfit(content, name, Words("id")) == ""


def test_what_turns_the_direction_of_writing_is_shown():
    html = page("gaji\u202efdp.exe\nملف".encode(), kind="text")

    assert "gaji[U+202E]fdp.exe" in html
    assert "ملف" in html
