"""Reads the door's log as another process, straight from its database."""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Kept:
    """A message as the log has it.

    Attributes:
        text: masked.
        state: ``waiting`` or ``answered``.
        failure: why Rasa's answer was not used, or nothing.
        danger: the gravest that was seen.
        escalated: whether the note of the action server is there.
        replies: ids of its replies, in their order.
        alerts: how many alerts its conversation has.
        conversation: its id.
    """

    text: str
    state: str
    failure: str
    danger: str
    escalated: bool
    replies: list[str]
    alerts: int
    conversation: str


class Log(Protocol):
    """A database that can be asked."""

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a query, every value as text, NULL as nothing."""


class SqliteLog:
    """A log in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a query."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as database:
            return [["" if value is None else str(value) for value in row] for row in database.execute(query)]

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the lock under which one connection alone may write, as a program that hangs in a transaction."""
        with contextlib.closing(
            sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        ) as other:
            other.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")


class PostgresLog:
    """A log in PostgreSQL, read with psql."""

    def __init__(self, address: str) -> None:
        self._address = address

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a query.

        Raises:
            subprocess.CalledProcessError: the database does not answer.
        """
        done = subprocess.run(
            ["psql", self._address, "--csv", "--tuples-only", "--command", query],
            capture_output=True,
            text=True,
            check=True,
        )
        return list(csv.reader(io.StringIO(done.stdout)))


def kept(log: Log, client_id: str) -> list[Kept]:
    """The messages that have a client's id: one, unless something is wrong."""
    given = uuid.UUID(client_id).hex
    found = log.rows(
        "select id, text, state, failure, danger, escalation, conversation_id from chat_message"
        f" where client_id = '{given}'"
    )
    messages = []
    for pk, text, state, failure, danger, escalation, conversation in found:
        replies = log.rows(f"select id from chat_reply where message_id = {pk} order by position")
        alerts = log.rows(f"select count(*) from handoff_alert where conversation_id = '{conversation}'")
        messages.append(
            Kept(
                text,
                state,
                failure,
                danger,
                escalation not in ("", "null"),
                [str(uuid.UUID(reply)) for (reply,) in replies],
                int(alerts[0][0]),
                str(uuid.UUID(conversation)),
            )
        )
    return messages
