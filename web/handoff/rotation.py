"""Changes the key that call-back requests are encrypted with. docs/handoff.md says in which order."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from web.chat.writing import writing
from web.handoff.encryption import EncryptedText, cipher
from web.handoff.models import CallBack

#: The encrypted columns.
COLUMNS = [field.name for field in CallBack._meta.concrete_fields if isinstance(field, EncryptedText)]


def encrypt_anew() -> tuple[int, int]:
    """Encrypts every request with the newest key.

    Returns:
        how many requests were encrypted anew, and how many cannot be read with any of the keys and stayed.

    Raises:
        DatabaseError: the database cannot be read or written; what is done is done.
    """
    done = unreadable = 0
    for pk, _ in list(_stored()):
        try:
            done += _encrypt_anew(pk)
        except InvalidToken:
            unreadable += 1
    return done, unreadable


def needing_old_keys() -> int:
    """How many requests cannot be read with the newest key alone.

    Raises:
        DatabaseError: the database cannot be read.
    """
    newest = Fernet(settings.ENCRYPTION_KEYS[0])
    return sum(not all(_opens(newest, token) for token in tokens) for _, tokens in _stored())


@writing()
def _encrypt_anew(pk: uuid.UUID) -> int:
    """Encrypts one request; nothing when it is gone."""
    for _, tokens in _stored(pk):
        values = {
            column: Value(cipher().rotate(token.encode("ascii")).decode("ascii"), output_field=TextField())
            for column, token in zip(COLUMNS, tokens, strict=True)
        }
        return CallBack.objects.filter(pk=pk).update(**values)
    return 0


def _stored(pk: uuid.UUID | None = None) -> Iterator[tuple[uuid.UUID, list[str]]]:
    """The requests (or the one) with their columns as they stand in the database."""
    rows = CallBack.objects.filter(pk=pk) if pk else CallBack.objects.all()
    raw = {f"stored_{column}": Cast(column, TextField()) for column in COLUMNS}
    for row in rows.annotate(**raw).values("pk", *raw):
        yield row["pk"], [row[f"stored_{column}"] for column in COLUMNS]


def _opens(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token.encode("ascii"))
    except InvalidToken:
        return False
    return True
