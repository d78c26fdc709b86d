"""A session's token: signed, with an end, and the only thing that opens a conversation."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from web.chat.problems import Problem

_SALT = "web.chat.session"


class SessionOver(Problem):
    """The token opens no conversation (any more)."""

    def __init__(self) -> None:
        detail = "This chat session is over. Please start a new one."
        super().__init__(401, "session_over", detail, {"WWW-Authenticate": "Bearer"})


def issue(conversation: uuid.UUID) -> str:
    """A token that opens a conversation for CHAT_TOKEN_DAYS days."""
    return signing.dumps(conversation.hex, salt=_SALT)


def conversation_of(request: HttpRequest) -> uuid.UUID:
    """Id of the conversation that a request's token opens. Whether it still exists is for the caller to see.

    Raises:
        SessionOver: there is no token, it is not one of ours, or its time is over.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise SessionOver
    try:
        return uuid.UUID(signing.loads(token.strip(), salt=_SALT, max_age=settings.TOKEN_DAYS * 86400))
    except signing.BadSignature as error:
        raise SessionOver from error
