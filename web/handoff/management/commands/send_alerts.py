"""``manage.py send_alerts``: the worker that delivers alerts, and beside it erases and retains (web.privacy)."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from web.handoff.delivery import deliver_due
from web.privacy import housekeeping

logger = logging.getLogger(__name__)

#: Seconds between looks into the outbox, and after the database did not answer.
PAUSE = 1.0
PAUSE_AFTER_FAILURE = 5.0


class Command(BaseCommand):
    """Sends alerts until it is told to stop; what it is sending then is finished first."""

    help = "Delivers alerts to the channels of ALERT_CHANNELS. docs/handoff.md explains it."
    requires_system_checks: list[str] = []  # noqa: RUF012 (Django's own way); they would load the whole door

    def add_arguments(self, parser: CommandParser) -> None:
        """Options of the command."""
        parser.add_argument("--once", action="store_true", help="send what is due, then end")

    def handle(self, *_: Any, once: bool, **__: Any) -> None:
        """Runs it."""
        stop = threading.Event()
        if once:
            deliver_due()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        housekeeping.begin(stop)
        pause = 0.0
        while not stop.wait(pause):
            pause = PAUSE
            close_old_connections()
            try:
                deliver_due()
            except DatabaseError as error:
                logger.error("the outbox cannot be read or written", exc_info=error)
                pause = PAUSE_AFTER_FAILURE
