"""What makes the same question a new text each time."""

from __future__ import annotations

import random


def varied(text: str, chance: random.Random) -> str:
    """The text with some letters in capitals: the same question, but a text that no cache holds."""
    return "".join(letter.upper() if chance.random() < 0.3 else letter for letter in text)
