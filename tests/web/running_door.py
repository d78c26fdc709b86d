"""The door as it runs: its own gunicorn process, started by the documented commands."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from fake_rasa import closed_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


class RunningDoor:
    """A door on a free port, with its data in a folder of its own.

    Args:
        folder: for its data and its log.
        rasa_url: where it finds Rasa.
        settings: further environment variables.

    Attributes:
        environment: what its processes are started with.
    """

    def __init__(self, folder: Path, rasa_url: str, **settings: str) -> None:
        self.folder = folder
        self.log = folder / "door.log"
        bind = f"127.0.0.1:{closed_port()}"
        self.url = f"http://{bind}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CHAT_", "DJANGO_"))},
            "CHAT_DATA_DIR": str(folder / "var"),
            "CHAT_BIND": bind,
            "CHAT_MESSAGES_PER_MINUTE": "0",
            "CHAT_SESSIONS_PER_MINUTE": "0",
            "CHAT_URGENT_SECONDS": "5",  # a busy machine is no reason for a test to fail
            "RASA_URL": rasa_url,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Migrates and serves, as the Procfile does; comes back when it answers."""
        with self.log.open("ab") as log:
            subprocess.run(
                [BIN / "python", ROOT / "web" / "manage.py", "migrate", "--no-input", "--skip-checks"],
                env=self.environment,
                cwd=ROOT,
                check=True,
                stdout=log,
                stderr=log,
            )
            self._process = subprocess.Popen(
                [BIN / "gunicorn", "-c", "web/gunicorn.conf.py"],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while self._process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.url}/healthz", trust_env=False)
                return
            time.sleep(0.1)
        raise AssertionError(f"the door did not start: {self.log.read_text()}")

    def kill(self) -> None:
        """Kills all of its processes, as kill -9 or the loss of the machine would."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Stops it, if it runs."""
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    @contextlib.contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """An HTTP client of the door."""
        with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as client:
            yield client

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the log holds, read by another process than the door's."""
        with contextlib.closing(sqlite3.connect(self.folder / "var" / "chat.sqlite3", timeout=5)) as database:
            return database.execute(query).fetchall()

    def write(self, statement: str) -> None:
        """Changes what the log holds, as another process than the door's."""
        with contextlib.closing(sqlite3.connect(self.folder / "var" / "chat.sqlite3", timeout=5)) as database, database:
            database.execute(statement)


def wait_until(true: Callable[[], Any]) -> None:
    """Waits, for half a minute at most, until something is true."""
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")
