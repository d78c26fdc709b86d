"""A real SMTP server on a free port that keeps what it is sent, and can fail."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from fake_rasa import closed_port


def channel(port: int) -> str:
    """The address of a channel to a mail server at a port of this machine, as ALERT_CHANNELS has it."""
    return f"mailto://127.0.0.1:{port}?from=chat@clinic.example&to=duty@clinic.example&mode=insecure"


class MailServer:
    """Serves until it is stopped.

    Attributes:
        mails: what arrived.
        refuse: answers with a failure instead of taking a mail.
        received: called when a mail has been taken and before the sender is told so.
    """

    def __init__(self, port: int = 0) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = False
        self.received: Callable[[], object] | None = None
        self.arrived = threading.Condition()
        self._controller: Any = Controller(self, hostname="127.0.0.1", port=port or closed_port())
        self._controller.start()
        self._running = True
        self.port = int(self._controller.port)

    @property
    def channel(self) -> str:
        """The address of a channel to it, as ALERT_CHANNELS has it."""
        return channel(self.port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Takes one mail."""
        if self.refuse:
            return "451 not now"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.arrived:
            self.mails.append(mail)
            self.arrived.notify_all()
        if self.received:
            self.received()
        return "250 taken"

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The mails, once so many have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.mails) >= count, timeout=60), f"{len(self.mails)} arrived"
            return list(self.mails)

    def stop(self) -> None:
        """Stops serving, if it does."""
        if self._running:
            self._controller.stop()
        self._running = False


def text_of(mail: EmailMessage) -> str:
    """All parts of a mail, and its subject."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])
