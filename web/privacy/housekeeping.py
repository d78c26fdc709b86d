"""What the worker does beside the alerts: erasures every few seconds; retention and missing summaries every hour."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection
from django.utils import timezone

from web.privacy import erasure, retention
from web.review import summaries

logger = logging.getLogger(__name__)

#: Seconds between two looks, and after a failure.
PAUSE = 2.0
PAUSE_AFTER_FAILURE = 30.0


def begin(stop: threading.Event) -> threading.Thread:
    """Starts it in a thread of its own, so that no alert waits for it; it ends soon after ``stop`` is set."""
    thread = threading.Thread(target=_work, args=(stop,), name="housekeeping", daemon=True)
    thread.start()
    return thread


def _work(stop: threading.Event) -> None:
    pause = PAUSE
    while not stop.wait(pause):
        close_old_connections()
        pause = PAUSE if look() else PAUSE_AFTER_FAILURE
    connection.close()


def look() -> bool:
    """Does what is due; whether it went well. What fails is in the log, and the retention's page says so."""
    try:
        erasure.carry_out_due()
        if retention.due(timezone.now()):
            summaries.catch_up()
            retention.run()
    except Exception as error:
        logger.error("housekeeping failed", exc_info=error)
        return False
    return True
