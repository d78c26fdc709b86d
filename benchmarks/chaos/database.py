"""The log cannot be written: somebody else holds its lock, its disk is full, or it may only be read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.chaos.log import SqliteLog
from benchmarks.chaos.parts import AS_USUAL, Parts, kill, wait_until
from benchmarks.chaos.trial import During, Fault, Row, counted, play, said
from benchmarks.chaos.visitors import QUESTION, Visitor

#: Seconds that the lock is held; a writer waits for five.
HELD = 8.0
#: Visitors who write while it is held, before who asks and who is in danger.
CROWD = 6
#: The words of the door's log for a card whose message waits in memory, and for a message that was refused.
NOT_KEPT, REFUSED = "a card was given, but its message could not be kept", "the log could not be read or written"


def run(parts: Parts) -> Iterator[Row]:
    """Each fault."""
    yield from locked(parts)
    yield from full(parts)
    yield from read_only(parts)


def locked(parts: Parts) -> Iterator[Row]:
    """The lock is held for longer than a writer waits, and there is a crowd."""
    log = parts.log
    assert isinstance(log, SqliteLog)
    crowd = [Visitor(parts.url) for _ in range(CROWD)]

    @contextmanager
    def fault() -> Iterator[During]:
        with ThreadPoolExecutor(CROWD) as pool:
            with log.locked():
                until = time.monotonic() + HELD
                sent = [pool.submit(visitor.say, QUESTION) for visitor in crowd]
                time.sleep(0.5)  # they are in line by now
                during = During(remark=f"behind {CROWD} others in line")
                yield during
                during.told = _readiness(parts)
                time.sleep(max(0.0, until - time.monotonic()))
            for one in sent:
                one.result().insist()

    row = _play(parts, Row("the log is locked", f"by another program, for {HELD:.0f} s"), fault)
    row.promise("/readyz" in row.staff, "`/readyz` calls the log well")
    yield row


def full(parts: Parts) -> Iterator[Row]:
    """Its disk is full to the last byte."""
    row = Row("the disk of the log is full", "from before the message on")
    if not parts.mounted:
        row.not_run = "needs a small file system of its own: run it as root where `mount -t tmpfs` is allowed"
        yield row
        return
    filler = parts.data / "filler"

    @contextmanager
    def fault() -> Iterator[During]:
        # What the journal holds is put where it belongs: room in it from before would take a few more messages.
        wait_until(lambda: parts.log.rows("pragma wal_checkpoint(truncate)")[0][0] == "0", 20)
        _fill(filler)
        yield During()
        filler.unlink()

    yield _play(parts, row, fault)


def read_only(parts: Parts) -> Iterator[Row]:
    """Its files may not be written to, as after a restore by another user; the door starts anew with them."""
    row = Row("the log may only be read", "from the door's start on")
    files = [path for path in parts.data.iterdir() if path.is_file()]

    @contextmanager
    def fault() -> Iterator[During]:
        _allow(parts.data, files, writing=False)
        kill(parts.door)
        wait_until(parts.door.is_ready)
        during = During()
        yield during
        during.told = _readiness(parts)
        _allow(parts.data, files, writing=True)

    if os.getuid() == 0 and not AS_USUAL:
        row.not_run = "needs setpriv (util-linux)"
        yield row
        return
    _play(parts, row, fault).promise("/readyz" in row.staff, "`/readyz` calls the log well")
    yield row


def _play(parts: Parts, row: Row, fault: Fault) -> Row:
    told = (counted(parts, "chat_unstored_cards_total"), said("door", NOT_KEPT), said("door", REFUSED))
    return play(parts, row, fault, sees=("503",), told=told)


def _readiness(parts: Parts) -> str:
    """What ``/readyz`` says, where that is that the log is not there."""
    answer = httpx.get(f"{parts.door.url}/readyz", timeout=20, trust_env=False)
    return f"`/readyz`: {answer.status_code}" if answer.json().get("log") is False else ""


def _fill(path: Path) -> None:
    """Fills a file system."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def _allow(folder: Path, files: list[Path], *, writing: bool) -> None:
    """Lets a folder and its files be written to, or only read."""
    for path in files:
        path.chmod(0o600 if writing else 0o400)
    folder.chmod(0o700 if writing else 0o500)
