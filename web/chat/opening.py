"""Whether the clinic is open, where data/clinic.yml says when it is. Where it does not, nothing is said about hours."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined] # its stubs lack it

from safety.replies import CLINIC, RESPONSES

logger = logging.getLogger(__name__)

#: Kinds of reply that send the visitor to the telephone.
KINDS = ("personal", "not_on_page")
#: From so many days on a weekday alone does not say which day is meant.
_WEEK = 7


@dataclass(frozen=True)
class Opening:
    """Open or closed, and until when, in the clinic's time zone; None for ever."""

    is_open: bool
    until: datetime | None


@functools.lru_cache(maxsize=8)
def _parsed(hours: str, zone: str) -> OpeningHours | None:
    """Opening hours as OpenStreetMap writes them ("Mo-Fr 09:00-17:00; PH off"), with US public holidays."""
    try:
        return OpeningHours(hours, timezone=ZoneInfo(zone), country="US")
    except ParserError as error:
        logger.error("the hours in data/clinic.yml cannot be read: nothing is said about them", exc_info=error)
        return None


def opening(now: datetime) -> Opening | None:
    """How it stands at a time, or None when no hours are set."""
    hours = _parsed(CLINIC["hours"], settings.TIME_ZONE) if "hours" in CLINIC else None
    if hours is None:
        return None
    there = now.astimezone(ZoneInfo(settings.TIME_ZONE))  # the library takes no other kind of time zone
    until = hours.next_change(there)
    return Opening(hours.is_open(there), until)


def is_open(now: datetime) -> bool | None:
    """Whether the clinic is open at a time, or None when no hours are set."""
    found = opening(now)
    return None if found is None else found.is_open


def next_open(at: datetime) -> datetime:
    """The first time from ``at`` on when the clinic is open; ``at`` itself when that cannot be told."""
    found = opening(at)
    return at if found is None or found.is_open or found.until is None else found.until


def told(replies: Sequence[dict[str, Any]], now: datetime, *, care: bool) -> list[dict[str, Any]]:
    """The replies of a turn, the last one that sends the visitor to the telephone with a line on the hours.

    Args:
        replies: what is to be said, as Rasa or the door made it.
        now: the time.
        care: the conversation is in care mode: no call back is offered beside the crisis line.
    """
    lines = _lines(now, care)
    last = max((number for number, reply in enumerate(replies) if reply["kind"] in KINDS), default=None)
    if not lines or last is None:
        return list(replies)
    said = {**replies[last], "text": "\n".join([replies[last]["text"], *lines])}
    return [*replies[:last], said, *replies[last + 1 :]]


def _lines(now: datetime, care: bool) -> list[str]:
    """What to say about the hours."""
    found = opening(now)
    if found is None:
        return []
    if found.is_open:
        return [_text("clinic_open", open_until=f"until {_clock(found.until)}" if found.until else "at any hour")]
    if found.until is None:  # closed for good: nothing that would help
        return []
    closed = _text("clinic_closed", opens=f"{_day(found.until, now)} at {_clock(found.until)}")
    return [closed] if care else [closed, _text("call_back_note")]


def _text(name: str, **words: str) -> str:
    template: str = RESPONSES[f"utter_{name}"][0]["text"].strip()
    return template.format_map({**CLINIC, **words})


def _clock(at: datetime) -> str:
    """For example "9 am CST", "5:30 pm CDT"."""
    minutes = f":{at:%M}" if at.minute else ""
    return f"{at:%I}{minutes} {at:%p %Z}".lstrip("0").replace("AM", "am").replace("PM", "pm")


def _day(at: datetime, now: datetime) -> str:
    """For example "today", "tomorrow", "on Monday", "on Monday, December 7,"."""
    today = now.astimezone(at.tzinfo).date()
    days = (at.date() - today).days
    if days <= 1:
        return ("today", "tomorrow")[days]
    return f"on {at:%A}" if days < _WEEK else f"on {at:%A, %B} {at.day},"


@register()
def hours_can_be_read(**_: Any) -> list[CheckMessage]:
    """Django's check (``manage.py check``) of what data/clinic.yml says."""
    if "hours" not in CLINIC or _parsed(CLINIC["hours"], settings.TIME_ZONE):
        return []
    hint = "It is written as in OpenStreetMap, for example: Mo-Fr 09:00-17:00; PH off"
    return [Error("'hours' in data/clinic.yml cannot be read.", hint=hint, id="chat.E001")]
