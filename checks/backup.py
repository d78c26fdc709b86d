"""Saves what must not be lost, and puts it back: the log, and the keys without which it cannot be read.

``python -m checks.backup save FOLDER`` while everything runs; ``python -m checks.backup restore FOLDER`` into an empty
place. The place is that of the door's settings: DATABASE_URL (PostgreSQL, with pg_dump and pg_restore of the same
version) or SQLite in CHAT_DATA_DIR. docs/operations.md says how often. Needs nothing but Python.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Made on first start where the environment does not give them.
KEYS = ("secret_key", "encryption_keys")
LOG = "chat.sqlite3"
DUMP = "chat.dump"


class BackupError(RuntimeError):
    """Nothing was saved or put back, for a reason in words."""


def data_folder() -> Path:
    """Folder of the door's data."""
    return Path(os.environ.get("CHAT_DATA_DIR") or ROOT / "var")


def save(folder: Path) -> None:
    """Saves log and keys.

    Args:
        folder: for them; made where it is missing. What an earlier run put there is replaced.

    Raises:
        BackupError: there is no log, or it cannot be read whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if database := _postgresql():
        draft = folder / f"{DUMP}.new"
        _run(["pg_dump", "--format", "custom", "--no-owner", "--file", str(draft), database])
        draft.replace(folder / DUMP)
    else:
        source = data_folder() / LOG
        if not source.is_file():
            raise BackupError(f"There is no log at {source}.")
        draft = folder / f"{LOG}.new"
        draft.unlink(missing_ok=True)
        # SQLite's own backup: a whole copy, also while the door is writing.
        with contextlib.closing(sqlite3.connect(source)) as log, contextlib.closing(sqlite3.connect(draft)) as copy:
            log.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        _check(draft)
        draft.replace(folder / LOG)
    for name in KEYS:
        if (data_folder() / name).is_file():
            shutil.copy2(data_folder() / name, folder / name)


def restore(folder: Path) -> None:
    """Puts log and keys back. Nothing that is there is overwritten.

    Args:
        folder: what :func:`save` made.

    Raises:
        BackupError: there is no backup, it is damaged, or there is a log already.
    """
    if database := _postgresql():
        if not (folder / DUMP).is_file():
            raise BackupError(f"There is no {DUMP} in {folder}.")
        _run(["pg_restore", "--exit-on-error", "--no-owner", "--dbname", database, str(folder / DUMP)])
    else:
        target = data_folder() / LOG
        if not (folder / LOG).is_file():
            raise BackupError(f"There is no {LOG} in {folder}.")
        if target.exists():
            raise BackupError(f"There is a log at {target} already. Move it away first.")
        _check(folder / LOG)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / LOG, target)
    for name in KEYS:
        if (folder / name).is_file() and not (data_folder() / name).exists():
            data_folder().mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, data_folder() / name)


def _postgresql() -> str:
    """DATABASE_URL where it names PostgreSQL, else nothing."""
    address = os.environ.get("DATABASE_URL", "")
    return address if address.startswith(("postgres:", "postgresql:")) else ""


def _check(path: Path) -> None:
    """Raises BackupError where a SQLite file is damaged."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as log:
            found = log.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} is damaged: {error}") from error
    if found != "ok":
        raise BackupError(f"{path} is damaged: {found}")


def _run(command: list[str]) -> None:
    """Runs a tool of PostgreSQL."""
    if not shutil.which(command[0]):
        raise BackupError(f"{command[0]} is not installed. Run: sudo apt-get install postgresql-client")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()}")


def main() -> int:
    """Saves or puts back; 1 when that failed."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("save", "restore"):
        print("usage: python -m checks.backup save|restore FOLDER", file=sys.stderr)
        return 2
    try:
        {"save": save, "restore": restore}[sys.argv[1]](Path(sys.argv[2]))
    except (BackupError, OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 1
    print({"save": "Saved to", "restore": "Put back from"}[sys.argv[1]], sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
