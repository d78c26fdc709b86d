"""A number is taken however people write it; one that cannot be called is met with a word on what to mend."""

from __future__ import annotations

import pytest

from safety.replies import CLINIC
from web.handoff.phone import PhoneMistake, read_phone, shown
from web.handoff.words import MISTAKES


@pytest.mark.parametrize(
    "written",
    [
        "(312) 555-0188",
        "312-555-0188",
        "312.555.0188",
        "312 555 0188",
        "3125550188",
        "1-312-555-0188",
        "+1 312 555 0188",
        "+13125550188",
        "001 312 555 0188".replace("001", "+1"),
        "tel: 312-555-0188",
        "312/555/0188",
        "312\u2013555\u20130188",
        "\uff13\uff11\uff12 555 0188",
        "my cell is 312-555-0188",
    ],
)
def test_any_usual_way_of_writing_is_the_same_number(written: str) -> None:
    assert shown(read_phone(written)) == "(312) 555-0188"


@pytest.mark.parametrize(
    "written", ["312-555-0188 x12", "312-555-0188 ext. 12", "3125550188#12", "312 555 0188, ext 12"]
)
def test_an_extension_is_kept(written: str) -> None:
    address = read_phone(written)
    assert address == "tel:+1-312-555-0188;ext=12"
    assert shown(address) == "(312) 555-0188 ext. 12"


def test_numbers_of_us_territories_and_toll_free_ones_can_be_called() -> None:
    assert shown(read_phone("787-555-0123")) == "(787) 555-0123"
    assert shown(read_phone("1-800-FLOWERS")) == "(800) 356-9377"


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("", "phone_missing"),
        ("hello", "phone_not_a_number"),
        ("x", "phone_not_a_number"),
        ("555-0188", "phone_no_area_code"),
        ("312-555-018", "phone_too_short"),
        ("12345", "phone_too_short"),
        ("312-555-01888", "phone_too_long"),
        ("312-055-0188", "phone_does_not_exist"),
        ("000-000-0000", "phone_does_not_exist"),
        ("+44 20 7946 0958", "phone_not_us"),
        ("416-555-0123", "phone_not_us"),
        (CLINIC["clinic_phone"], "phone_clinics_own"),
        (CLINIC["lifeline"], "phone_crisis_line"),
        ("9-1-1", "phone_crisis_line"),
    ],
)
def test_each_mistake_has_words_of_its_own(written: str, mistake: str) -> None:
    with pytest.raises(PhoneMistake, match=f"^{mistake}$"):
        read_phone(written)
    assert MISTAKES[mistake]["en"]
    assert MISTAKES[mistake]["es"]


def test_every_mistake_is_said_in_both_languages_and_no_two_alike() -> None:
    for language in ("en", "es"):
        said = [words[language] for words in MISTAKES.values()]
        assert len(set(said)) == len(said) > 10
