"""What the door says on its own: the disclosure, the replies when Rasa gives none, a word on a typed number."""

from __future__ import annotations

from datetime import datetime, timedelta

from safety import Decision
from safety.replies import RESPONSES, Reply, compose, reply, without_rasa
from web.privacy.masking import MASKS

#: Away for this long, a visitor is told again what they are talking to.
AWAY = timedelta(days=7)


def disclosure(care: bool) -> Reply:
    """The greeting that says what this is and is not. In care mode without topics to tap."""
    return compose(RESPONSES, "session_start", choices=[]) if care else reply("session_start")


def disclosure_due(last_seen_at: datetime, now: datetime) -> bool:
    """Whether a visitor who was last here then has to be told again."""
    return now - last_seen_at >= AWAY


def unanswered(decision: Decision, care: bool) -> list[Reply]:
    """The replies to a message that Rasa did not answer: the card for its danger, or that no answer can be given.

    In care mode the latter keeps the crisis line.
    """
    if care and not decision.alarm:
        return [compose(RESPONSES, "unavailable", notes=("care_line",), choices=[])]
    return without_rasa(decision)


def number_typed(text: str) -> list[Reply]:
    """What to say of a phone number in a message: that it was hidden, and where one can be left. Else nothing.

    Args:
        text: the masked message.
    """
    return [reply("number_typed")] if MASKS["PHONE_NUMBER"] in text else []
