"""A text column that is encrypted in the database (Fernet: AES-128 in CBC mode with an HMAC, by cryptography)."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)

#: What stands in the place of a text whose key is not among ours.
UNREADABLE = "(cannot be read: its key is missing)"


@functools.lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """What encrypts with the first of the settings' keys and decrypts with any of them."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS))


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedText(_Text):
    """A text that is plain in Python and encrypted in the database. It cannot be searched for.

    A row that was read must not be saved as a whole: a text that cannot be read would be written over. Use
    ``QuerySet.update``.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Encrypts."""
        return None if value is None else cipher().encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypts; :data:`UNREADABLE` when no key fits."""
        if value is None:
            return None
        try:
            return cipher().decrypt(value.encode("ascii")).decode()
        except InvalidToken as error:
            logger.error("a call-back request cannot be read: its key is missing", exc_info=error)
            return UNREADABLE
