"""What the floor decides of a text."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

#: What can be seen, the gravest first. ``none`` is the absence of all of them.
DANGERS = ("attempt", "body", "violence", "harm", "crisis", "none")
#: How sure the floor is: ``clear`` when the words leave little room, ``possible`` when they may mean something else.
SURENESS = ("clear", "possible", "none")

#: The reply that each danger gets (an intent and a response of that name in domain.yml); crisis depends on whose it is.
_INTENTS = {
    "attempt": "self_harm_emergency",
    "body": "body_emergency",
    "violence": "violence_at_home",
    "harm": "harm_to_others",
}


@dataclass(frozen=True)
class Decision:
    """The floor's judgement of one text.

    Attributes:
        danger: one of :data:`DANGERS`. ``attempt`` is an overdose or attempt under way or just made, ``body`` another
            bodily emergency, ``violence`` violence at home, ``harm`` a threat to others, ``crisis`` thoughts of suicide
            or self-harm.
        whose: ``own`` or ``other``: who is in danger.
        sure: one of :data:`SURENESS`.
        words: the words of the text that led to it, for the staff.
        gentle: no danger, but the subject is near it (a research question, a loss): the reply adds a line on
            whom to call.
        language: ``en``, or ``es`` for a crisis written in Spanish.
    """

    danger: str = "none"
    whose: str = "own"
    sure: str = "none"
    words: tuple[str, ...] = ()
    gentle: bool = False
    language: str = "en"

    @property
    def alarm(self) -> bool:
        """Whether a card has to be shown."""
        return self.danger != "none"

    @property
    def intent(self) -> str | None:
        """Name of the intent (and reply) for this danger, or None when there is none."""
        if self.danger == "crisis":
            return "crisis_third_party" if self.whose == "other" else "crisis"
        return _INTENTS.get(self.danger)

    def as_dict(self) -> dict[str, Any]:
        """The decision as JSON values, as it travels from the door to Rasa and to the log."""
        return {**asdict(self), "words": list(self.words)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Decision:
        """The decision that :meth:`as_dict` wrote.

        Raises:
            ValueError: the values are not such a decision.
        """
        try:
            decision = cls(**{**values, "words": tuple(values.get("words", ()))})
        except TypeError as error:
            raise ValueError(f"not a decision of the floor: {error}") from error
        known = (
            decision.danger in DANGERS
            and decision.sure in SURENESS
            and decision.whose in ("own", "other")
            and decision.language in ("en", "es")
            and isinstance(decision.gentle, bool)
            and isinstance(values.get("words", []), (list, tuple))
            and all(isinstance(word, str) for word in decision.words)
        )
        if not known:
            raise ValueError(f"not a decision of the floor: {values!r}")
        return decision

    def raised_by(self, other: Decision) -> Decision:
        """The graver of two decisions: another judge may raise this one, never lower it."""
        graver = other if DANGERS.index(other.danger) < DANGERS.index(self.danger) else self
        return replace(graver, gentle=self.gentle or other.gentle)
