"""Masks of personal data ("my name is [name]"), read as what a person would have written there.

The door masks before Rasa sees a message, so the heads, which learned from what people write, would meet signs that
nobody writes. The visitor's message itself keeps its masks; only what is compared with the examples is read this way.
"""

from __future__ import annotations

import re

#: What stands for each mask of web/privacy/masking.py: invented, and nobody's.
_SPOKEN = {
    "name": "Maria",
    "phone": "555 0134",
    "number": "4711",
    "id number": "4711",
    "card number": "4711",
    "account number": "4711",
    "e-mail": "me@example.org",
    "address": "12 Main Street",
    "zip code": "60699",
    "date": "March 3",
    "age": "91",
    "link": "the link",
}
_MASK = re.compile(r"\[(" + "|".join(map(re.escape, _SPOKEN)) + r")\]")


def spoken(text: str) -> str:
    """A text with each mask replaced by an everyday word of its kind."""
    return _MASK.sub(lambda mask: _SPOKEN[mask[1]], text)
