"""Messages whose card was given while the log could not be written: kept in memory, and stored as soon as it can be.

Whoever read the card will not send the words again, and the staff have to learn of them. What waits here ends with the
process; the door's log and ``chat_unstored_cards_total`` have said at once that there was something.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from django.db import Error, close_old_connections, connection

from web.chat.tokens import SessionOver

logger = logging.getLogger(__name__)

#: Seconds between two tries.
PAUSE = 2.0
#: Messages that wait at most; they hold a few kilobytes each.
LIMIT = 1000
_waiting: deque[Callable[[], object]] = deque()
_changing = threading.Lock()
_thread: threading.Thread | None = None


def keep(store: Callable[[], object]) -> None:
    """Tries again and again, in a thread of its own, until a message is stored or its conversation is gone.

    Args:
        store: stores it, with masked words only; raises django.db.Error while the log cannot be written. It is called
            with the request's id.
    """
    global _thread
    with _changing:
        if len(_waiting) >= LIMIT:
            logger.error("too many messages wait to be stored: one was given up")
            return
        _waiting.append(partial(contextvars.copy_context().run, store))
        if _thread is None:
            _thread = threading.Thread(target=_work, name="unstored", daemon=True)
            _thread.start()


def _work() -> None:
    """Stores what waits, the oldest first; ends when nothing waits."""
    global _thread
    while True:
        time.sleep(PAUSE)
        while _waiting and _stored(_waiting[0]):
            _waiting.popleft()
        with _changing:
            if not _waiting:
                _thread = None
                break
    connection.close()


def _stored(store: Callable[[], object]) -> bool:
    """Whether a message need not wait any longer."""
    close_old_connections()
    try:
        store()
    except Error:
        return False
    except SessionOver:
        return True
    except Exception as error:
        logger.error("a message that waited could not be stored: it was given up", exc_info=error)
        return True
    logger.warning("a message that waited is stored now")
    return True
