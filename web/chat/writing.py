"""Transactions that write to the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import OperationalError, connection, transaction

#: Seconds to wait for other writers, here and in other programs (settings.DATABASES); where there is a card to give.
PATIENCE, URGENT = 5.0, 1.0
#: A wait shorter than this leaves the database's own limit as it is.
_SHORT = 0.1
_gate, _turnstile = threading.RLock(), threading.RLock()
_in_danger: ContextVar[bool] = ContextVar("in_danger", default=False)


@contextmanager
def writing(patience: float = PATIENCE) -> Iterator[None]:
    """A transaction that writes; also a decorator.

    SQLite has one writer at a time, and those who wait sleep and try again, in no order. Waiting in line here instead
    brings the slowest of a hundred messages from 1.1 s to 0.2 s with eight visitors at once. While another program
    holds the lock, nobody waits longer in line than for the lock itself. The line is in front of a gate, and behind it
    stands one writer at most: who writes inside :func:`first_in_line` goes round the gate.

    Args:
        patience: seconds to wait, in line and for the lock together (SQLite).

    Raises:
        OperationalError: others have been writing for that long.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    until = time.monotonic() + patience
    with ExitStack() as held:
        for line in (_turnstile,) if _in_danger.get() else (_gate, _turnstile):
            if not line.acquire(timeout=max(0.0, until - time.monotonic())):
                raise OperationalError("others have been writing for too long")
            held.callback(line.release)
        left = until - time.monotonic()
        hurried = left < PATIENCE - _SHORT and not connection.in_atomic_block
        if hurried:
            _wait_at_most(left)
        try:
            with transaction.atomic():
                yield
        except OperationalError:
            if not connection.in_atomic_block:
                connection.close()  # one that was opened while the file could only be read can never write
            raise
        finally:
            if hurried and connection.connection is not None:
                _wait_at_most(PATIENCE)


@contextmanager
def first_in_line() -> Iterator[None]:
    """Lets what is written meanwhile go before what others write."""
    token = _in_danger.set(True)
    try:
        yield
    finally:
        _in_danger.reset(token)


def _wait_at_most(seconds: float) -> None:
    """Sets how long this connection waits for the lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {max(0, int(seconds * 1000))}")
