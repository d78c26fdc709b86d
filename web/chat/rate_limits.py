"""How often a session and an address may ask. Kept in memory, or in LIMITS_STORAGE_URL when processes share it."""

from __future__ import annotations

import functools
import logging
import math
import time
import uuid

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from web.chat import metrics
from web.chat.addresses import client_address
from web.chat.problems import Problem

logger = logging.getLogger(__name__)

#: Visitors who may share an address (a household, the clinic's waiting room) before its limit is felt.
VISITORS_PER_ADDRESS = 5


class TooMany(Problem):
    """Over a limit. Says after how many seconds to try again."""

    def __init__(self, limit: str, seconds: int) -> None:
        metrics.REFUSED.labels(limit).inc()
        detail = f"That was a lot at once. Please wait {seconds} seconds and try again."
        super().__init__(429, "too_many_requests", detail, {"Retry-After": str(seconds)})


@functools.cache
def _limiter(url: str) -> MovingWindowRateLimiter:
    """The limiter over the store at an address."""
    return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))


def count_session(request: HttpRequest) -> None:
    """Counts a new session of an address.

    Raises:
        TooMany: the address has opened CHAT_SESSIONS_PER_MINUTE in the last minute.
    """
    _count("sessions", settings.SESSIONS_PER_MINUTE, client_address(request))


def count_sign_in(request: HttpRequest) -> None:
    """Counts a try of somebody of the staff to sign in: each costs a tenth of a second and 100 MB for its password.

    Raises:
        TooMany: the address has tried CHAT_SESSIONS_PER_MINUTE times in the last minute.
    """
    _count("sign_ins", settings.SESSIONS_PER_MINUTE, client_address(request))


def count_message(request: HttpRequest, conversation: uuid.UUID) -> None:
    """Counts a message or feedback, of its session and of its address.

    Raises:
        TooMany: the session has sent CHAT_MESSAGES_PER_MINUTE in the last minute, or its address several times that.
    """
    _count("messages", settings.MESSAGES_PER_MINUTE, str(conversation))
    _count("messages", settings.MESSAGES_PER_MINUTE * VISITORS_PER_ADDRESS, client_address(request))


def count_look(request: HttpRequest) -> None:
    """Counts a reading or deleting of a conversation, of its address.

    Raises:
        TooMany: the address has done so several times CHAT_MESSAGES_PER_MINUTE in the last minute.
    """
    _count("looks", settings.MESSAGES_PER_MINUTE * VISITORS_PER_ADDRESS, client_address(request))


def _count(what: str, per_minute: int, whose: str) -> None:
    """Counts one event; a limit of 0 is none. Without its store there is no limit: answering matters more."""
    if not per_minute:
        return
    limiter = _limiter(settings.LIMITS_STORAGE_URL)
    item = RateLimitItemPerMinute(per_minute)
    key = salted_hmac("web.chat.rate_limits", whose).hexdigest()[:32]  # a shared store need not know addresses
    try:
        if limiter.hit(item, what, key):
            return
        seconds = max(1, math.ceil(limiter.get_window_stats(item, what, key).reset_time - time.time()))
    except StorageError as error:
        logger.error("the store of the rate limits does not answer", exc_info=error)
        return
    raise TooMany(what, seconds)
