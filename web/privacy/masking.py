"""Masks personal data in a text, before it is stored or passed on. docs/decisions/masking.md says why this way."""

from __future__ import annotations

import re
from typing import Any

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    DateRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsItinRecognizer,
    UsSsnRecognizer,
)

from safety.replies import CLINIC

#: What a kind of personal data is replaced with.
MASKS = {
    "PHONE_NUMBER": "[phone]",
    "EMAIL_ADDRESS": "[e-mail]",
    "US_SSN": "[id number]",
    "US_ITIN": "[id number]",
    "CREDIT_CARD": "[card number]",
    "IBAN_CODE": "[account number]",
    "IP_ADDRESS": "[address]",
    "DATE_TIME": "[date]",
    "LONG_NUMBER": "[number]",
}
#: Below this a pattern needs words around it that only the whole engine weighs: "4/7" is no month.
_SURE_ENOUGH = 0.35

#: What a language model would have found out about the text.
_NO_ARTIFACTS: Any = None

_RECOGNIZERS: list[EntityRecognizer] = [
    PhoneRecognizer(supported_regions=("US", "MX", "GB")),
    # The patterns of presidio's e-mail recogniser without its check of the domain, which asks the internet for a list.
    PatternRecognizer("EMAIL_ADDRESS", patterns=EmailRecognizer.PATTERNS, name="EmailPatterns"),
    UsSsnRecognizer(),
    UsItinRecognizer(),
    CreditCardRecognizer(),
    IbanRecognizer(),
    IpRecognizer(),
    DateRecognizer(),
    # Account, member and card numbers that no check digit proves. Nothing that a visitor asks of the page is so long.
    PatternRecognizer(
        "LONG_NUMBER",
        patterns=[Pattern("long number", r"(?<![\w.])\d(?:[ -]?\d){6,}(?![\w])", 0.36)],
        name="LongNumbers",
    ),
]


def _written(number: str) -> str:
    """Pattern for a telephone number however its digits are grouped."""
    digits = "".join(character for character in number if character.isdecimal())
    return r"(?<!\d)(?:\+?1[\s.-]*)?\(?" + r"[\s().-]*".join(digits[-10:]) + r"(?!\d)"


#: The clinic's and the crisis lines' numbers, which are never masked. Those of three digits are too short for any mask.
_PUBLIC = re.compile(
    "(" + "|".join(_written(value) for value in CLINIC.values() if re.search(r"\d{3}\D*\d{4}", value)) + ")"
)


def mask(text: str) -> str:
    """Replaces personal data in a text with words in brackets, such as ``[phone]``.

    Finds what has a form: numbers, addresses of the internet, dates. Names and street addresses have none and stay.

    Args:
        text: what a visitor typed, of any length.

    Returns:
        the text with each find replaced. The clinic's own number and the crisis lines stay as they are.
    """
    pieces = _PUBLIC.split(text)  # every second one is a public number
    return "".join(piece if number % 2 else _mask(piece) for number, piece in enumerate(pieces))


def _mask(text: str) -> str:
    """Masks a text without public numbers in it."""
    masked: list[str] = []
    end = 0
    for find in _finds(text):
        if find.start >= end:
            masked += [text[end : find.start], MASKS[find.entity_type]]
        end = max(end, find.end)  # one that overlaps the one before is hidden by its mask
    return "".join([*masked, text[end:]])


def _finds(text: str) -> list[RecognizerResult]:
    """What is to be hidden, by place; of those that begin at the same place the longest and surest first."""
    finds = [
        find
        for recognizer in _RECOGNIZERS
        for find in recognizer.analyze(text, recognizer.supported_entities, _NO_ARTIFACTS) or []
        if find.score >= _SURE_ENOUGH
    ]
    return sorted(finds, key=lambda find: (find.start, -find.end, -find.score))
