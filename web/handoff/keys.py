"""The keys that encrypt what visitors entered in the call-back form: the first one encrypts, all of them decrypt."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet

from web.secret_key import kept_secret


def encryption_keys(given: str, path: Path) -> list[str]:
    """The keys from the environment, or those of the key file, which is made on first use.

    Args:
        given: keys separated by spaces or commas, or nothing.
        path: the key file, one key a line, the newest first.

    Raises:
        ValueError: one of them is no key, or there is none.
        OSError: the file can neither be read nor made.
    """
    keys = given.replace(",", " ").split() or kept_secret(path, new_key).split()
    if not keys:
        raise ValueError(f"{path} holds no key")
    for key in keys:
        Fernet(key)
    return keys


def new_key() -> str:
    """A new random key."""
    return Fernet.generate_key().decode("ascii")


def write_keys(path: Path, keys: list[str]) -> None:
    """Puts these keys in the place of those in the key file, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(keys) + "\n", encoding="ascii")
    draft.replace(path)
