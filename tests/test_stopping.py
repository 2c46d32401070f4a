"""Being asked to stop: once, and never while a lock is being taken."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from merit_kit.cli._stopping import stopping


class Lock:
    """A lock during whose taking, or giving back, somebody asks to stop."""

    def __init__(self, asked_while: str) -> None:
        self._asked_while = asked_while
        self.held = False

    def __enter__(self) -> Lock:
        self.held = True
        if self._asked_while == "taking":
            signal.raise_signal(signal.SIGINT)
        return self

    def __exit__(self, *_: object) -> None:
        if self._asked_while == "giving":
            signal.raise_signal(signal.SIGINT)
        self.held = False


def use(lock: Lock) -> None:
    with lock:
        time.sleep(0.2)
    time.sleep(5)


@pytest.mark.parametrize("asked_while", ["taking", "giving"])
def test_no_lock_stays_taken_whenever_it_is_asked_for(asked_while):
    lock = Lock(asked_while)
    with pytest.raises(KeyboardInterrupt), stopping():
        use(lock)
    assert not lock.held


@pytest.mark.skipif(sys.platform == "win32", reason="has no such request")
def test_asked_twice_what_is_put_in_order_meanwhile_is_not_cut_short():
    order = []
    with stopping():
        try:
            signal.raise_signal(signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGTERM)
            order.append("put")
    assert order == ["put"]


def test_what_asked_before_is_as_it_was_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with stopping():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
