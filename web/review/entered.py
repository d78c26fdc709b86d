"""What the staff enter as text and the console takes as a number or a day, whatever was really typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

#: Days that can be asked for. Those at the ends of the calendar have no next day, or none before.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
#: Digits of the largest number that a database keeps; Python refuses to read one of some thousand digits.
_DIGITS = 18


def whole_number(text: str) -> int | None:
    """A number from its digits, or None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


class DayField(forms.DateField):
    """A day between :data:`FIRST_DAY` and :data:`LAST_DAY`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}),
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            **options,
        )
