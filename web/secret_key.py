"""Secrets that are made on first start: the key that signs the visitors' tokens, and others like it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(64)) -> str:
    """The secret in a file, which is made on first use, readable by its owner alone.

    Several processes may start at once: the first to link its file into place wins.

    Raises:
        OSError: the file can neither be read nor made.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="ascii")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
