"""What a visitor wrote, as it may be stored and passed on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safety import Decision
from web.chat.bodies import TEXT_LIMIT
from web.privacy.masking import mask


@dataclass(frozen=True)
class Words:
    """A text with personal data masked, and the floor's decision on the raw one, its words masked too."""

    text: str
    decision: Decision

    @classmethod
    def masked(cls, raw_text: str, decision: Decision) -> Words:
        """From a visitor's raw words, which are not kept; nor is what is longer than a text may be."""
        text = mask(raw_text, decision.words)[:TEXT_LIMIT]
        return cls(text, replace(decision, words=tuple(mask(word, (word,)) for word in decision.words)))
