"""Somebody wrote: whoever waits for it is told, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest

from merit_kit.errors import StoreError
from merit_kit.store import Store, open_store
from tests.databases import postgresql_only
from tests.sayings import record, say


def place(store: Store) -> str:
    return str(store.path or store.engine.url.render_as_string(hide_password=False))


def test_what_another_opening_writes_is_noticed(store, begun):
    with open_store(place(store)) as elsewhere, closing(store.watch()) as watch:
        record(elsewhere, say("self", begun))

        assert watch.wait(10, Event())


def test_what_this_opening_writes_is_noticed(store, begun):
    with closing(store.watch()) as watch:
        record(store, say("self", begun))

        assert watch.wait(10, Event())


def test_what_was_written_is_noticed_once(store, begun):
    with closing(store.watch()) as watch:
        record(store, say("self", begun))
        watch.wait(10, Event())

        assert not watch.wait(0.6, Event())


def test_who_is_waiting_is_told_while_it_waits(store, begun):
    with closing(store.watch()) as watch, ThreadPoolExecutor(1) as pool:
        writing = pool.submit(record, store, say("self", begun))

        assert watch.wait(10, Event())
        writing.result()


def test_a_nudge_ends_the_waiting(store):
    nudge = Event()
    nudge.set()
    with closing(store.watch()) as watch:
        assert watch.wait(60, nudge)


def test_where_nothing_is_written_the_waiting_ends(store):
    with closing(store.watch()) as watch:
        assert not watch.wait(0, Event())


@postgresql_only
def test_a_server_that_went_away_is_named(store):
    with closing(store.watch()) as watch:
        watch._connection.connection.driver_connection.close()

        with pytest.raises(StoreError) as caught:
            watch.wait(10, Event())

    assert caught.value.key == "store-away"
