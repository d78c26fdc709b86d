"""How passwords are kept: Argon2, one at a time."""

from __future__ import annotations

from threading import Lock

from django.contrib.auth.hashers import Argon2PasswordHasher

_TURN = Lock()


class OneAtATime(Argon2PasswordHasher):
    """Argon2 as Django sets it up, but never two at once: each takes 100 MB, and anybody may try to sign in."""

    def encode(self, password: str, salt: str) -> str:
        """The password as it is kept."""
        with _TURN:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is the password that is kept."""
        with _TURN:
            return super().verify(password, encoded)
