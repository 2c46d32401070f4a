"""Editions that tests are run over: those the kit ships, the tiny one, and one made up to differ.

`made_up_data` differs in all that an edition may say: three aspects in no order of size, levels
from 0 to 5, weights with halves, an index of two components less a correction, bands on that index
whose upper bounds belong to them, the last one above 1.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from merit_kit import instrument
from merit_kit.instrument import Instrument
from tests.conftest import both, sub_aspect, tiny_data


def made_up_data() -> dict[str, Any]:
    """Return its data: 40 points at most, 32 of which are a maturity of 1.

    The index is 0.8 x maturity + 0.2 x survey / 100, less at most 0.2. A up to 0.5, B up to 1, C.
    """
    sources = {"name": "book", "description": "assumed", "maximum": "book"}
    band = {"bounds": "book", "name": "book", "consequence": "assumed"}

    def aspect(number: int, maximum: str, weights: list[str]) -> dict[str, Any]:
        return {
            "number": number,
            "name": both(f"Aspek {number}"),
            "description": both(f"Tentang {number}"),
            "maximum": maximum,
            "sources": sources,
            "sub_aspects": [
                sub_aspect(f"{number}.{i}", weight, top=5, low=0)
                for i, weight in enumerate(weights, 1)
            ],
        }

    return {
        **tiny_data(),
        "id": "karangan",
        "title": both("Instrumen karangan"),
        "scale": {
            "lowest": 0,
            "highest": 5,
            "unproven": both("Nihil"),
            "sources": {"levels": "book", "unproven": "assumed"},
        },
        "maximum": {"value": 40, "source": "book"},
        "index": {"divisor": 32, "decimals": 3, "source": "book"},
        "components": [
            {"code": "survei", "name": both("Survei pegawai"), "kind": "survey", "share": 20,
             "most": 100, "source": "book"},
            {"code": "kematangan", "name": both("Kematangan"), "kind": "maturity", "share": 80,
             "source": "book"},
        ],
        "correction": {"name": both("koreksi"), "description": both("Karena pelanggaran."),
                       "most": "0.2", "source": "book"},
        "categories": {
            "on": "index",
            "inclusive": "upper",
            "source": "book",
            "bands": [
                {"code": "A", "name": both("Awal"), "from": 0, "to": "0.5",
                 "sources": band, "consequence": both("Mulai.")},
                {"code": "B", "name": both("Berkembang"), "from": "0.5", "to": 1,
                 "valid_years": 1, "sources": band, "consequence": both("Lanjut.")},
                {"code": "C", "name": both("Cemerlang"), "from": 1,
                 "valid_years": 3, "sources": band, "consequence": both("Selesai.")},
            ],
        },
        "aspects": [
            aspect(1, "20", ["3", "1"]),
            aspect(3, "2.5", ["0.5"]),
            aspect(2, "17.5", ["2", "1.5"]),
        ],
    }  # fmt: skip


def every_edition() -> dict[str, Instrument]:
    """Return each edition that can be scored, by its id."""
    shipped = [instrument.load(key) for key in instrument.editions()]
    known = [*shipped, instrument.from_data(tiny_data()), instrument.from_data(made_up_data())]
    return {each.id: each for each in known if not each.lacks}


def worked_out(
    edition: Instrument, levels: dict[str, int], numbers: dict[str, Decimal]
) -> tuple[Fraction, Decimal, str]:
    """Work out total, index and category the long way, in exact fractions of the edition's data."""
    data = edition.data
    weight = {s["number"]: s["weight"] for a in data["aspects"] for s in a["sub_aspects"]}
    total = sum((Fraction(weight[code]) * level for code, level in levels.items()), Fraction(0))
    index = total / Fraction(data["index"]["divisor"])
    if "components" in data:
        parts = [
            Fraction(each["share"])
            / 100
            * (
                index
                if each["kind"] == "maturity"
                else Fraction(numbers[each["code"]]) / Fraction(each["most"])
            )
            for each in data["components"]
        ]
        index = max(sum(parts) - Fraction(numbers["correction"]), Fraction(0))
    value = index if data["categories"]["on"] == "index" else total
    code = ""
    for band in data["categories"]["bands"]:
        low = Fraction(band["from"])
        above = value >= low if data["categories"]["inclusive"] == "lower" else value > low
        code = band["code"] if above or not code else code
    with localcontext(prec=60):
        exact = Decimal(index.numerator) / Decimal(index.denominator)
        places = Decimal(1).scaleb(-data["index"]["decimals"])
        return total, exact.quantize(places, ROUND_HALF_UP), code
