"""The channels that alerts go through: e-mail, webhooks, chat rooms, SMS gateways, all by apprise."""

from __future__ import annotations

import logging
from typing import Any

import apprise
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from safety.replies import CLINIC

_FAILURE_LENGTH = 200


class ChannelFailure(Exception):
    """A channel did not take an alert. Its text says why, for the staff's page."""


def channels() -> dict[str, str]:
    """The channels of ALERT_CHANNELS, address by name: ``mail=mailtos://... slack=slack://...``.

    What has no name is left out; Django's check (``manage.py check``) says so.
    """
    pairs = (entry.partition("=") for entry in settings.ALERT_CHANNELS.split())
    return {name: address for name, _, address in pairs if _is_name(name) and address}


def send(address: str, title: str, body: str) -> None:
    """Sends one alert to one channel and waits until the channel has taken it.

    Raises:
        ChannelFailure: it did not, or it cannot be known.
    """
    sender = _sender(address)
    if not len(sender):
        raise ChannelFailure("The channel's address in ALERT_CHANNELS is not one that can be used.")
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as complaints:
        taken = sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    if not taken:
        raise ChannelFailure(complaints.getvalue().strip()[:_FAILURE_LENGTH] or "The channel did not take it.")


def _sender(address: str) -> apprise.Apprise:
    """A sender to one address, empty when the address is none."""
    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id=CLINIC["clinic_name"], async_mode=False))
    sender.add(address)
    return sender


def _is_name(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum()


@register()
def channels_can_be_used(**_: Any) -> list[CheckMessage]:
    """Django's check of ALERT_CHANNELS. It names the entry by its place, since an address may hold a password."""
    hint = "Each is name=address, as in mail=mailtos://...; docs/handoff.md has examples."
    return [
        Error(f"Entry {place} of ALERT_CHANNELS cannot be used.", hint=hint, id="handoff.E001")
        for place, (name, _, address) in enumerate((e.partition("=") for e in settings.ALERT_CHANNELS.split()), start=1)
        if not _is_name(name) or not len(_sender(address))
    ]
