"""Personal data is masked; the numbers that a visitor may need never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.replies import CLINIC
from web.privacy.masking import MASKS, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call me at 312-555-0188", "call me at [phone]"),
        ("call me at (312) 555-0188 please", "call me at [phone] please"),
        ("+1 312 555 0188", "[phone]"),
        ("3125550188", "[phone]"),
        ("312.555.0188 or 312 555 0189", "[phone] or [phone]"),
        ("+44 20 7946 0958", "[phone]"),
        ("mail jo.doe+x@mail.example.org!", "mail [e-mail]!"),
        ("my ssn is 536-90-4399", "my ssn is [id number]"),
        ("card 4111 1111 1111 1111", "card [card number]"),
        ("card 4111-1111-1111-1111 ok?", "card [card number] ok?"),
        ("iban DE89370400440532013000", "iban [account number]"),
        ("born 4/7/1980", "born [date]"),
        ("born 1980-04-07.", "born [date]."),
        ("my member number is 80012345", "my member number is [number]"),
        ("it is 1111 2222 33", "it is [number]"),
        ("from 192.0.2.44", "from [address]"),
    ],
)
def test_masks_what_has_a_form(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "how long does an infusion take",
        "is it 45 minutes or 60?",
        "used since the 1960s, i read 1970",
        "are you open 24/7",
        "my mum is 78 and takes 20 mg 3 times",
        "3-4 weeks, 6 to 12 sessions",
        "i was at 10:30 on monday",
        "call 847-236-9310 24/7? or 988 or 911",
        "",
    ],
)
def test_leaves_questions_as_they_are(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("number", [value for value in CLINIC.values() if any(map(str.isdigit, value))])
def test_never_masks_the_clinics_and_the_crisis_lines(number: str) -> None:
    text = f"is {number} the right number"
    assert mask(text) == text


@pytest.mark.parametrize("number", ["8472369310", "(847) 236-9310", "+1 847-236-9310", "1-847-236-9310", "18002221222"])
def test_never_masks_them_however_they_are_written(number: str) -> None:
    assert mask(f"call {number} now") == f"call {number} now"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_takes_any_text_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
    if not any(character.isdigit() or character in "@:" for character in text):
        assert once == text


@given(st.from_regex(r"[2-9]\d{2}[2-9]\d{6}", fullmatch=True))
def test_no_number_of_ten_digits_comes_through(number: str) -> None:
    masked = mask(f"my number is {number}, thanks")
    public = number in {value.replace("-", "")[-10:] for value in CLINIC.values()}
    assert public or number not in masked
    assert public or any(word in masked for word in MASKS.values())
