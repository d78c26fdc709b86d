"""``manage.py encryption_key add|apply|drop``: changes the key of the call-back requests in three steps."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from web.handoff.keys import new_key, write_keys
from web.handoff.rotation import encrypt_anew, needing_old_keys

_RESTART = "Now restart the door, so that it knows."


class Command(BaseCommand):
    """Adds a key, encrypts everything with it, and takes the old ones away; a restart lies between the steps."""

    help = "Changes the key that call-back requests are encrypted with. docs/handoff.md explains it."
    requires_system_checks: list[str] = []  # noqa: RUF012 (Django's own way)

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("step", choices=["add", "apply", "drop"])

    def handle(self, *_: Any, step: str, **__: Any) -> None:
        """Does one step and says what comes next."""
        self.stdout.write({"add": self._add, "apply": self._apply, "drop": self._drop}[step]())

    def _add(self) -> str:
        if os.environ.get("ENCRYPTION_KEYS"):
            return f"Put this key first in ENCRYPTION_KEYS and keep the others after it:\n{new_key()}\n{_RESTART}"
        write_keys(settings.ENCRYPTION_KEY_FILE, [new_key(), *settings.ENCRYPTION_KEYS])
        return f"A new key stands first in {settings.ENCRYPTION_KEY_FILE}. {_RESTART} Then: encryption_key apply"

    def _apply(self) -> str:
        done, unreadable = encrypt_anew()
        if unreadable:
            raise CommandError(f"{done} encrypted anew; {unreadable} cannot be read: their key is missing.")
        return f"{done} requests are encrypted with the newest key. Then: encryption_key drop"

    def _drop(self) -> str:
        left = needing_old_keys()
        if left:
            raise CommandError(f"{left} requests still need an older key: run 'encryption_key apply' first.")
        if os.environ.get("ENCRYPTION_KEYS"):
            return f"Only the first key of ENCRYPTION_KEYS is needed: take the others away. {_RESTART}"
        write_keys(settings.ENCRYPTION_KEY_FILE, settings.ENCRYPTION_KEYS[:1])
        return f"The older keys are gone from {settings.ENCRYPTION_KEY_FILE}. {_RESTART}"
