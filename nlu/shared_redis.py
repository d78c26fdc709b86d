"""The Redis that Rasa's processes share, where there is one."""

from __future__ import annotations

import os
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as NoConnection

#: Seconds to wait for Redis, within the door's time limit for a turn (5 s).
PATIENCE = 0.5


def redis_url() -> str:
    """Address of the shared Redis (REDIS_URL); empty where there is none."""
    return os.environ.get("REDIS_URL", "")


def redis_client(url: str) -> Any:
    """A client that gives up soon, and that takes a connection which Redis closed for a reason to try once more.

    Args:
        url: for example redis://127.0.0.1:6379/0.
    """
    return Redis.from_url(
        url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(ExponentialBackoff(cap=0.05, base=0.01), 1),
        retry_on_error=[NoConnection],
    )
