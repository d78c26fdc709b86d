"""Whether Rasa really answers."""

from __future__ import annotations

import logging
import threading
import time

from safety import Decision
from web.chat import rasa
from web.logs import request_id

logger = logging.getLogger(__name__)

#: Seconds for which an answer holds, so that asking for it cannot load Rasa.
HOLDS = 5.0
_lock = threading.Lock()
_last: tuple[float, bool] = (float("-inf"), False)


def rasa_answers() -> bool:
    """Asks Rasa a question as a visitor would, at most once in a few seconds. Nothing of it is logged as a message.

    The hour is part of the sender: Rasa grows slow with long conversations.
    """
    global _last
    with _lock:
        if time.monotonic() - _last[0] < HOLDS:
            return _last[1]
        metadata = {"risk": Decision().as_dict(), "care_mode": False, "request_id": request_id.get()}
        try:
            rasa.ask(f"readyz-{time.time() // 3600:.0f}", "hello", metadata)
            answers = True
        except rasa.RasaFailure as failure:
            logger.error("Rasa is not ready", extra={"failure": failure.reason})
            answers = False
        _last = (time.monotonic(), answers)
        return answers
