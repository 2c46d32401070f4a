"""How fast gaps are worked out for many assessments: ours, a loop, and DuckDB as the reference.

    python benchmarks/gaps.py [--sizes 640 10000 100000] [--runs 5] [--filters 200] [--short-loop]

One Parquet file of each size, as `merit export` writes it: so many assessments of kasn-2019, each
with 37 sub-aspects, invented. From it each way gives the same three tables: points, percent, gap
and differences by assessment and aspect; total and category by assessment; and the quartiles of
the percent by kind and aspect. They are asserted equal, value by value, at every size.

*ours*: ``pandas.read_parquet`` and `merit_kit.gaps`. *reference*: the same by SQL in DuckDB, with
all cores. Both end with pandas frames; the reading is in both times. *loop*: what one would write
first, a groupby of pandas and Python for each assessment.

Each size and way runs in a fresh process: the best of `runs` (of the loop one, which at the largest
takes half an hour), the imports not counted. With `--short-loop` the loop runs up to 10,000
assessments and no further: what it would take at the larger sizes is extrapolated from there, said
so, and told under a key of its own (``loop_extrapolated_s_<n>``) in place of ``loop_s_<n>``; ours
and the reference are asserted equal at every size all the same. `peak_mb` is the
most memory that ours took, all of the process.

`filter_p95_ms` is the explorer at 640 agencies and 10 rounds in headless Chromium, without
JupyterLab: from the event of a filter or a tab until the frame with the answer is painted, over
`filters` choices that follow each other; kernel, browser and what crosses between them included
(`benchmarks/explorer.py` opens it in a real JupyterLab). Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import numpy as np
import pandas as pd
import psutil

from merit_kit import gaps, instrument, workbook

SIZES = (640, 10_000, 100_000)
KINDS = ("kabupaten", "kementerian", "kota", "lpnk", "provinsi")
PROVINCES = tuple(f"Provinsi {n:02}" for n in range(1, 39))
WILAYAH = ("I", "II")
WAYS = ("ours", "reference", "loop")
ROUNDS = 10
LONGEST = 10_000
"""How many assessments the loop is run on with ``--short-loop``."""

# What either needs of the file; nobody reads a column for nothing.
COLUMNS = [
    *("assessment", "kind", "edition_digest", "aspect", "sub_aspect", "self", "verified"),
    *("final", "level", "state"),
    *("weight", "most", "difference", "mismatch"),
]
EDITION = instrument.load("kasn-2019")

BY_ASPECT = """
SELECT assessment, aspect, any_value(kind) AS kind,
    sum(weight * level) AS points, sum(weight * self) AS self_points,
    sum(most) AS most, sum(most - weight * level) AS gap,
    CASE WHEN count(level) = count(*)
        THEN floor(sum(weight * level) * 10000 / sum(most) + 0.5) / 100 END AS percent,
    count(level) AS assessed, count(*) AS of,
    count(*) FILTER (difference > 0) AS raised, count(*) FILTER (difference < 0) AS lowered,
    count(*) FILTER (mismatch) AS mismatches
FROM '{path}' GROUP BY assessment, aspect ORDER BY assessment, aspect
"""
BY_ASSESSMENT = """
SELECT assessment, sum(points) AS points, sum(assessed) = sum(of) AS complete,
    CASE WHEN NOT complete THEN NULL {bands} END AS category
FROM aspects GROUP BY assessment ORDER BY assessment
"""
SPREAD = """
SELECT kind, aspect, count(percent) AS n, quantile_cont(percent, 0.25) AS q1,
    quantile_cont(percent, 0.5) AS median, quantile_cont(percent, 0.75) AS q3
FROM aspects GROUP BY kind, aspect ORDER BY kind, aspect
"""
PARTS = {
    "aspects": [
        *("points", "self_points", "most", "gap", "percent", "assessed", "of", "raised"),
        *("lowered", "mismatches"),
    ],
    "assessments": ["points", "complete", "category"],
    "spread": ["n", "q1", "median", "q3"],
}


def made(count: int, rounds: int = 1, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what a store would give: `count` agencies in each of some rounds, and their levels."""
    chance = np.random.default_rng(seed)
    n, codes = count * rounds, EDITION.codes
    agency = np.tile(np.arange(count), rounds)
    of = {"kind": KINDS, "province": PROVINCES, "wilayah": WILAYAH}
    picked = {k: np.array(v, object)[chance.integers(0, len(v), count)] for k, v in of.items()}
    about = pd.DataFrame(
        {
            "agency": [f"rekaan-{i:06}" for i in agency],
            "agency_name": [f"Instansi Rekaan {i:06}" for i in agency],
            **{name: values[agency] for name, values in picked.items()},
            "round": [f"{2017 + i // 2}-{i % 2 + 1}" for i in range(rounds) for _ in range(count)],
            "year": np.repeat([2017 + i // 2 for i in range(rounds)], count),
            "number": np.repeat([i % 2 + 1 for i in range(rounds)], count),
            "edition": EDITION.digest,
            "stage": "verifikasi",
            "invented": True,
        },
        index=pd.Index([f"{i:032x}" for i in range(n)], name="assessment"),
    )
    shape = n * len(codes)
    own = chance.integers(0, 5, shape).astype(float)
    verified = np.clip(own + chance.integers(-1, 2, shape), 0, 4)
    verified[chance.random(shape) < 0.0005] = np.nan
    field = np.where(chance.random(shape) < 0.02, np.clip(verified - 1, 0, 4), np.nan)
    nothing = np.full(shape, np.nan)
    levels = {"self": own, "awal": verified, "akhir": nothing, "verified": verified}
    index = pd.MultiIndex.from_product([about.index, codes], names=["assessment", "sub_aspect"])
    levels |= {"field": field, "final": nothing, "draft": nothing}
    levels |= {"disputed": np.zeros(shape, bool)}
    frame = pd.DataFrame(levels, index=index)
    return about, frame


def ours(path: str) -> dict[str, pd.DataFrame]:
    """Work it out by the kit."""
    frame = pd.read_parquet(path, columns=COLUMNS)
    aspects = gaps.by_aspect(frame)
    return {
        "aspects": aspects,
        "assessments": gaps.by_assessment(frame, {EDITION.digest: EDITION}).reset_index(),
        "spread": gaps.spread(aspects, ["kind", "aspect"], "percent").reset_index(),
    }


def reference(path: str) -> dict[str, pd.DataFrame]:
    """Work it out by SQL."""
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE aspects AS {BY_ASPECT.format(path=path)}")
        bands = " ".join(
            f"WHEN sum(points) >= {band.low} THEN '{band.code}'"
            for band in reversed(EDITION.categories[1:])
        )
        asked = BY_ASSESSMENT.format(bands=f"{bands} ELSE '{EDITION.categories[0].code}'")
        return {
            "aspects": db.execute("FROM aspects").df(),
            "assessments": db.execute(asked).df(),
            "spread": db.execute(SPREAD).df(),
        }


def loop(path: str) -> dict[str, pd.DataFrame]:
    """Work it out one assessment after another."""
    frame = pd.read_parquet(path, columns=COLUMNS)
    aspects, assessments = [], []
    for key, sheet in frame.groupby("assessment", observed=True):
        total, complete = 0.0, True
        for number, part in sheet.groupby("aspect"):
            known = part["level"].notna()
            earned, own = (part["weight"] * part[of].astype(float) for of in ("level", "self"))
            points, most = float(earned.sum(min_count=1)), float(part["most"].sum())
            aspects.append(
                {
                    "assessment": key,
                    "aspect": number,
                    "kind": part["kind"].iloc[0],
                    "points": points,
                    "self_points": float(own.sum(min_count=1)),
                    "most": most,
                    "gap": float(part["most"][known].sum()) - points,
                    "percent": int(points * 10000 / most + 0.5) / 100 if known.all() else np.nan,
                    "assessed": int(known.sum()),
                    "of": len(part),
                    "raised": int((part["difference"] > 0).sum()),
                    "lowered": int((part["difference"] < 0).sum()),
                    "mismatches": int(part["mismatch"].sum()),
                }
            )
            total += points if known.any() else 0.0
            complete = complete and bool(known.all())
        reached = [band.code for band in EDITION.categories if total >= float(band.low)]
        category = (reached or [EDITION.categories[0].code])[-1] if complete else None
        assessments.append(
            {"assessment": key, "points": total, "complete": complete, "category": category}
        )
    table = pd.DataFrame(aspects)
    groups = []
    for (kind, number), some in table.groupby(["kind", "aspect"]):
        q1, median, q3 = some["percent"].quantile([0.25, 0.5, 0.75])
        of = {"kind": kind, "aspect": number, "n": int(some["percent"].count())}
        groups.append({**of, "q1": q1, "median": median, "q3": q3})
    return {
        "aspects": table,
        "assessments": pd.DataFrame(assessments),
        "spread": pd.DataFrame(groups),
    }


def one(way: str, path: str, runs: int) -> None:
    """Time one way in this process and keep its tables; told in a line of JSON."""
    took = []
    found: dict[str, pd.DataFrame] = {}
    for _ in range(runs):
        began = time.perf_counter()
        found = globals()[way](path)
        took.append(time.perf_counter() - began)
    for name, columns in PARTS.items():
        kept = found[name][columns]
        if name == "assessments":
            kept = kept.assign(category=kept["category"].astype(object).fillna("-"))
        kept.to_pickle(f"{path}.{way}.{name}")
    print(json.dumps({"s": min(took), "mb": _peak() / 2**20}))


def _peak() -> int:
    """Return the most memory this process has had, in bytes."""
    info = psutil.Process().memory_info()
    if hasattr(info, "peak_wset"):  # Windows
        return int(info.peak_wset)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def assert_same(path: str, ways: list[str]) -> None:
    """Hold what the ways kept equal, to the last digits of a sum of floats."""
    for name in PARTS:
        first, *others = (pd.read_pickle(f"{path}.{way}.{name}") for way in ways)  # noqa: S301
        for other in others:
            pd.testing.assert_frame_equal(
                first.reset_index(drop=True),
                other.reset_index(drop=True),
                check_dtype=False,
                check_exact=False,
                rtol=1e-12,
                atol=1e-9,
            )


def extrapolated(told: dict[str, Any], size: int) -> dict[str, float]:
    """Say what the loop would take, from the largest size at which it ran; nothing without one."""
    ran = [int(key.rpartition("_")[2]) for key in told if key.startswith("loop_s_")]
    if not ran:
        return {}
    seconds = round(told[f"loop_s_{max(ran)}"] * size / max(ran), 1)
    print(f"{size:>7} loop      not run; extrapolated from {max(ran)}: {seconds} s", flush=True)
    return {f"loop_extrapolated_s_{size}": seconds}


def main() -> None:
    """Run everything and tell it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--filters", type=int, default=200)
    parser.add_argument("--short-loop", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "PARQUET"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*given.one, given.runs)
        return
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            path = Path(folder) / f"{size}.parquet"
            about, levels = made(size)
            workbook.write_frame(path, gaps.tidy(about, levels, {EDITION.digest: EDITION}))
            del about, levels
            ways = [w for w in WAYS if w != "loop" or size <= LONGEST or not given.short_loop]
            for way in ways:
                runs = 1 if way == "loop" else given.runs
                asked = [sys.executable, __file__, "--one", way, str(path), "--runs", str(runs)]
                line = subprocess.run(asked, check=True, capture_output=True, encoding="utf-8")
                found = json.loads(line.stdout)
                told[f"{way}_s_{size}"] = round(found["s"], 4)
                if way == "ours":
                    told[f"peak_mb_{size}"] = round(found["mb"])
                print(f"{size:>7} {way:<9} {found['s']:9.3f} s", flush=True)
            assert_same(str(path), ways)
            print(f"{size:>7} {', '.join(ways)} give the same", flush=True)
            if "loop" not in ways:
                told |= extrapolated(told, size)
    # Only here: what a browser takes is in no memory of the ways above.
    from benchmarks.explorer import filters

    told["filter_p95_ms"] = round(filters(given.filters), 1)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
