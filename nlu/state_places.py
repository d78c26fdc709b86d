"""Where the states of conversations are kept: a file of this machine, or a Redis that several Rasa processes share.

A state is bytes under the id of its conversation, and is gone some time after it was last put there.
"""

from __future__ import annotations

import os
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from nlu.shared_redis import redis_client, redis_url

#: Folder of the file; CHAT_DATA_DIR, as for the door.
DATA = Path(__file__).resolve().parent.parent / "var"
#: Seconds between two looks for states whose time is over.
CLEANING = 600.0
_PREFIX = "state:"


class PlaceError(Exception):
    """The place where states are kept does not answer."""


class Place(ABC):
    """Keeps states for a while."""

    @abstractmethod
    async def get(self, sender_id: str) -> bytes | None:
        """The state, or None. Raises PlaceError."""

    @abstractmethod
    async def put(self, sender_id: str, state: bytes) -> None:
        """Keeps a state in place of an earlier one. Raises PlaceError."""

    @abstractmethod
    async def delete(self, sender_id: str) -> None:
        """Forgets a state. Raises PlaceError."""

    @abstractmethod
    async def keys(self) -> Iterable[str]:
        """Ids of all conversations that have a state. Raises PlaceError."""


class FilePlace(Place):
    """A SQLite file. What is deleted is overwritten.

    Its calls block for some ten microseconds; a thread of their own would cost more.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        """Opens or makes the file.

        Args:
            path: of the file.
            seconds: how long a state is kept.

        Raises:
            sqlite3.Error, OSError: the file cannot be opened.
        """
        self._seconds = seconds
        self._cleaned = float("-inf")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.execute("PRAGMA secure_delete=ON")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS state (sender TEXT PRIMARY KEY, state BLOB NOT NULL, ends REAL NOT NULL)"
            " WITHOUT ROWID"
        )

    async def get(self, sender_id: str) -> bytes | None:
        """The state, or None."""
        rows = self._run("SELECT state FROM state WHERE sender = ? AND ends > ?", sender_id, time.time())
        return rows[0][0] if rows else None

    async def put(self, sender_id: str, state: bytes) -> None:
        """Keeps a state."""
        now = time.time()
        self._run("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", sender_id, state, now + self._seconds)
        if now - self._cleaned > CLEANING:
            self._cleaned = now
            self._run("DELETE FROM state WHERE ends <= ?", now)

    async def delete(self, sender_id: str) -> None:
        """Forgets a state, in the file's journal as well."""
        self._run("DELETE FROM state WHERE sender = ?", sender_id)
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    async def keys(self) -> Iterable[str]:
        """Ids of all conversations that have a state."""
        return [sender for (sender,) in self._run("SELECT sender FROM state WHERE ends > ?", time.time())]

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._file.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise PlaceError(str(error)) from error


class RedisPlace(Place):
    """A Redis that several Rasa processes share. It forgets by itself what is over."""

    def __init__(self, url: str, seconds: float) -> None:
        """Takes the address; connects with the first call.

        Args:
            url: for example redis://127.0.0.1:6379/0.
            seconds: how long a state is kept.
        """
        self._seconds = seconds
        self._redis = redis_client(url)

    async def get(self, sender_id: str) -> bytes | None:
        """The state, or None."""
        try:
            state: bytes | None = await self._redis.get(_PREFIX + sender_id)
        except RedisError as error:
            raise PlaceError(str(error)) from error
        return state

    async def put(self, sender_id: str, state: bytes) -> None:
        """Keeps a state."""
        try:
            await self._redis.set(_PREFIX + sender_id, state, px=int(self._seconds * 1000))
        except RedisError as error:
            raise PlaceError(str(error)) from error

    async def delete(self, sender_id: str) -> None:
        """Forgets a state."""
        try:
            await self._redis.delete(_PREFIX + sender_id)
        except RedisError as error:
            raise PlaceError(str(error)) from error

    async def keys(self) -> Iterable[str]:
        """Ids of all conversations that have a state."""
        try:
            return [key.decode().removeprefix(_PREFIX) async for key in self._redis.scan_iter(f"{_PREFIX}*")]
        except RedisError as error:
            raise PlaceError(str(error)) from error


def place(seconds: float) -> Place:
    """Redis where REDIS_URL is set, else a file in CHAT_DATA_DIR.

    Args:
        seconds: how long a state is kept.

    Raises:
        sqlite3.Error, OSError: the file cannot be opened.
    """
    if url := redis_url():
        return RedisPlace(url, seconds)
    return FilePlace(Path(os.environ.get("CHAT_DATA_DIR") or DATA) / "state.sqlite3", seconds)
