"""Asks Rasa for the replies to one message, over its inner channel on loopback (nlu/channel.py)."""

from __future__ import annotations

import functools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal

import httpx
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from web.chat import metrics

#: Messages that are with Rasa at once. It works on one after the other: more would only wait there, until all of them
#: take too long.
AT_ONCE = 16
_room = threading.BoundedSemaphore(AT_ONCE)
#: Bytes that an answer may have.
ANSWER_LIMIT = 1_000_000

Kind = Literal[
    "greeting",
    "answer",
    "not_on_page",
    "personal",
    "crisis",
    "emergency",
    "clarify",
    "small_talk",
    "fallback",
    "unavailable",
]


class RasaFailure(Exception):
    """Rasa gave no answer that can be used.

    Attributes:
        reason: why, as the log keeps it: ``unreachable``, ``time_limit``, ``connection_lost``, ``status_<code>``,
            ``not_understood`` (no JSON, or not of the form described), ``no_replies`` or ``busy`` (not asked: too many
            others were waiting).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class Source(_Part):
    """Where on the page an answer is from."""

    section: str
    url: str


class Link(_Part):
    """A number or an address to tap."""

    label: str
    href: str


class Choice(_Part):
    """A topic to tap."""

    label: str
    text: str


class RasaReply(_Part):
    """One reply as Rasa makes it."""

    kind: Kind
    text: Annotated[str, Field(min_length=1)]
    source: Source | None = None
    links: list[Link] = []
    choices: list[Choice] = []
    topic: Annotated[str, Field(max_length=64)] = ""
    confidence: float | None = None
    benefit: bool = False


class Turn(_Part):
    """Rasa's answer to one message."""

    replies: list[RasaReply]
    understood: dict[str, Any] | None = None
    escalation: dict[str, Any] | None = None


@functools.cache
def _client() -> httpx.Client:
    """The one client of this process."""
    return httpx.Client(
        timeout=settings.RASA_TIME_LIMIT,
        # Idle connections are given up before Rasa's server (5 s) does, so that none is lost in the sending.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=2),
        trust_env=False,  # a proxy in the environment is not for loopback
    )


@functools.cache
def _calls() -> ThreadPoolExecutor:
    """Threads for the calls. httpx limits each read, not the whole: the time limit is kept by not waiting longer."""
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="rasa")


def ask(sender: str, text: str, metadata: dict[str, Any], *, urgently: float | None = None) -> Turn:
    """Sends one message and waits at most ``RASA_TIME_LIMIT`` seconds for the replies.

    Args:
        sender: id of the conversation.
        text: the masked message.
        metadata: ``risk`` (the floor's decision), ``care_mode``, ``clinic_open`` (None: not known) and ``request_id``.
        urgently: waits so many seconds instead, and in no line: there is a card to give when Rasa is busy.

    Raises:
        RasaFailure: there is no answer with at least one reply in it.
    """
    body = {"sender": sender, "text": text, "metadata": metadata}
    started = time.monotonic()
    limit = settings.RASA_TIME_LIMIT if urgently is None else min(settings.RASA_TIME_LIMIT, urgently)
    try:
        if not _room.acquire(timeout=limit / 2 if urgently is None else 0):
            raise RasaFailure("busy")
        call = _calls().submit(_post, body, started + limit)
        call.add_done_callback(lambda _: _room.release())
        content = call.result(started + limit - time.monotonic())
    except (TimeoutError, httpx.TimeoutException) as error:
        raise RasaFailure("time_limit") from error
    except httpx.ConnectError as error:
        raise RasaFailure("unreachable") from error
    except httpx.HTTPStatusError as error:
        raise RasaFailure(f"status_{error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RasaFailure("connection_lost") from error
    finally:
        metrics.RASA.observe(time.monotonic() - started)
    return _turn(content)


def _post(body: dict[str, Any], deadline: float) -> bytes:
    """Content of the answer, read no further than its limits in time and size."""
    content = b""
    with _client().stream("POST", f"{settings.RASA_URL}/webhooks/inner/webhook", json=body) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            content += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(content) > ANSWER_LIMIT:
                raise httpx.DecodingError("the answer is too large")
    return content


def _no_constant(name: str) -> Any:
    """Refuses NaN and Infinity, which are no JSON and which databases refuse later."""
    raise ValueError(name)


def _turn(content: bytes) -> Turn:
    """The answer from its JSON text."""
    try:
        if rb"\u0000" in content:  # no database takes it
            raise ValueError("NUL")
        values = json.loads(content, parse_constant=_no_constant)
        json.dumps(values, ensure_ascii=False).encode()  # refuses half characters
        turn = Turn.model_validate(values)
    except (ValueError, RecursionError, ValidationError) as error:
        raise RasaFailure("not_understood") from error
    if not turn.replies:
        raise RasaFailure("no_replies")
    return turn
