"""What the call-back form sends, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

from pydantic import BaseModel, ConfigDict

from safety import Decision, judge
from safety.replies import Reply
from web.chat.bodies import Id, Text
from web.chat.problems import Problem
from web.handoff.phone import PhoneMistake, read_phone
from web.handoff.words import MISTAKES

NAME_LIMIT = 60
PHONE_LIMIT = 60
TOPIC_LIMIT = 500


class CallBackBody(BaseModel):
    """Body of ``POST /chat/callbacks``."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    id: Id
    name: Text
    phone: Text
    topic: Text = ""
    best_time: Literal["any", "morning", "afternoon", "evening"] = "any"
    leave_message: bool
    consent: bool
    language: Literal["en", "es"] = "en"

    def decision(self) -> Decision:
        """The floor's judgement of all that can be typed freely, the gravest of it."""
        return reduce(Decision.raised_by, (judge(text) for text in (self.topic, self.name, self.phone)))


@dataclass(frozen=True)
class Mistake:
    """Something to mend in the form: its field, and what is wrong, a name in data/handoff.yml."""

    field: str
    code: str


def mistakes_in(body: CallBackBody) -> list[Mistake]:
    """All that the visitor has to mend, in the order of the form's fields."""
    found = []
    if not body.name or len(body.name) > NAME_LIMIT:
        found.append(Mistake("name", "name_too_long" if body.name else "name_missing"))
    try:
        read_phone(body.phone[: PHONE_LIMIT + 1])
    except PhoneMistake as mistake:
        found.append(Mistake("phone", str(mistake)))
    if len(body.topic) > TOPIC_LIMIT:
        found.append(Mistake("topic", "topic_too_long"))
    if not body.consent:
        found.append(Mistake("consent", "consent_missing"))
    return found


class FormMistakes(Problem):
    """The form cannot be taken as it is.

    Args:
        mistakes: what to mend, at least one.
        language: of the words at the fields.
        replies: the card, when the words of the form need one.
    """

    def __init__(self, mistakes: list[Mistake], language: str, replies: list[Reply]) -> None:
        words = {mistake: MISTAKES[mistake.code] for mistake in mistakes}
        at_fields = [
            {"field": mistake.field, "code": mistake.code, "detail": word[language]} for mistake, word in words.items()
        ]
        detail = " ".join(word["en"] for word in words.values())
        super().__init__(422, "form_mistakes", detail, members={"mistakes": at_fields, "replies": replies})
