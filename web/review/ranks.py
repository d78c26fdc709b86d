"""In which order conversations should be read."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

#: Kinds of reply, each with its bit in ConversationSummary.kinds.
KIND_BITS = {
    kind: 1 << number
    for number, kind in enumerate(
        (
            *("greeting", "answer", "not_on_page", "personal", "crisis", "emergency"),
            *("clarify", "small_talk", "fallback", "unavailable"),
        )
    )
}
NOT_UNDERSTOOD = ("clarify", "fallback", "unavailable")
#: Milliseconds since 1970 stay below this until the year 2286.
_SPAN = 10**13


class Rank(IntEnum):
    """Why a conversation should be read, the most urgent first."""

    ALARM = 0
    CALL_BACK = 1
    THUMBS_DOWN = 2
    NOT_UNDERSTOOD = 3
    NOT_ON_PAGE = 4
    REST = 5

    @property
    def label(self) -> str:
        """What the staff reads."""
        return _LABELS[self]

    @property
    def slug(self) -> str:
        """Its name in addresses and style sheets."""
        return self.name.lower().replace("_", "-")


_LABELS = {
    Rank.ALARM: "Crisis or emergency",
    Rank.CALL_BACK: "Call-back asked for",
    Rank.THUMBS_DOWN: "Thumbs down",
    Rank.NOT_UNDERSTOOD: "Not understood",
    Rank.NOT_ON_PAGE: "Not on the page",
    Rank.REST: "Everything else",
}


def kind_bits(kinds: set[str]) -> int:
    """The bits of some kinds of reply."""
    return sum(KIND_BITS.get(kind, 0) for kind in kinds)


def rank_of(*, danger: bool, callback: bool, unhelpful: bool, kinds: set[str]) -> Rank:
    """The most urgent reason to read a conversation."""
    if danger:
        return Rank.ALARM
    if callback:
        return Rank.CALL_BACK
    if unhelpful:
        return Rank.THUMBS_DOWN
    if kinds & set(NOT_UNDERSTOOD):
        return Rank.NOT_UNDERSTOOD
    return Rank.NOT_ON_PAGE if "not_on_page" in kinds else Rank.REST


def place(rank: Rank, last_at: datetime) -> int:
    """A number that sorts by rank, and the newest first within one."""
    return rank * _SPAN + (_SPAN - 1 - int(last_at.timestamp() * 1000))
