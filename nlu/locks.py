"""One turn of a conversation at a time, in all Rasa processes that share a Redis.

Rasa's own locks ask again once a second whether it is their turn, and those in Redis can give two processes the same
number (they read, add one and write). These wait in line within a process, and for the other processes on Redis' own
kind of lock (https://redis.io/docs/latest/develop/use/patterns/distributed-locks/, the single instance).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Optional

from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.exceptions import LockError as NotOurs
from redis.exceptions import RedisError

from nlu.shared_redis import redis_client, redis_url

logger = logging.getLogger(__name__)

#: Seconds after which a lock falls: a process that died in a turn must not keep the visitor waiting for longer. A turn
#: takes a hundredth of that.
HELD = 2.0
#: Seconds that a message waits for the one before it; the door has given up by then.
WAIT = 6.0
#: Seconds between two looks at another process' lock.
LOOK = 0.02


class ConversationLocks(LockStore):
    """Rasa's lock store. Named in endpoints.yml. Where Redis fails, the lock holds in this process alone."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None) -> None:
        """Takes its place from the environment.

        Args:
            endpoint_config: not used (Rasa hands it over).
        """
        super().__init__()
        url = redis_url()
        self._redis = redis_client(url) if url else None
        self._here: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wanted: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = HELD, wait_time_in_seconds: float = LOOK
    ) -> AsyncGenerator[None, None]:
        """Holds a conversation while the block runs; first come, first served within a process.

        Args:
            conversation_id: its id.
            lock_lifetime: not used: see :data:`HELD`.
            wait_time_in_seconds: seconds between two looks at another process' lock.

        Raises:
            LockError: the turn before this one has been running for too long.
        """
        self._wanted[conversation_id] += 1
        here = self._here[conversation_id]
        try:
            await asyncio.wait_for(here.acquire(), WAIT)
        except asyncio.TimeoutError as error:
            self._left(conversation_id)
            raise LockError("A message before this one takes too long.") from error
        try:
            shared = await self._acquired(conversation_id, wait_time_in_seconds)
            try:
                yield
            finally:
                await self._released(shared)
        finally:
            here.release()
            self._left(conversation_id)

    def _left(self, conversation_id: str) -> None:
        """Forgets a lock that nobody wants any more."""
        self._wanted[conversation_id] -= 1
        if not self._wanted[conversation_id]:
            del self._wanted[conversation_id], self._here[conversation_id]

    async def _acquired(self, conversation_id: str, look: float) -> Any:
        """The lock in Redis; None where there is no Redis, or where it fails."""
        if self._redis is None:
            return None
        lock = self._redis.lock(f"lock:{conversation_id}", timeout=HELD, sleep=look, blocking_timeout=WAIT)
        try:
            acquired = await lock.acquire()
        except RedisError as error:
            logger.error(f"Redis gives no lock, the turn goes on without: {error}")
            return None
        if not acquired:
            raise LockError("A message before this one takes too long, in another process.")
        return lock

    async def _released(self, shared: Any) -> None:
        """Gives a lock in Redis back. One that fell meanwhile is nobody's loss."""
        if shared is None:
            return
        try:
            await shared.release()
        except NotOurs:
            logger.warning(f"A turn took longer than {HELD} s; its lock fell.")
        except RedisError as error:
            logger.error(f"A lock could not be given back to Redis, it falls after {HELD} s: {error}")
