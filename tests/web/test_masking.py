"""Personal data is masked; the numbers that a visitor may need never are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from safety.replies import CLINIC
from web.privacy.masking import MASKS, mask

ROOT = Path(__file__).resolve().parents[2]


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
        ("my member number is 80012345", "my member number is [id number]"),
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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my name is maria, how long is it", "my name is [name], how long is it"),
        ("im maria", "im [name]"),
        ("this is dr patel", "this is dr [name]"),
        ("ask for joan", "ask for [name]"),
        ("me llamo Guadalupe Reyes", "me llamo [name]"),
        ("how many sessions? thanks, Daniel K.", "how many sessions? thanks, [name]"),
        ("i live at 1200 W Oak St, Apt 4B, Deerfield, IL 60015", "i live at [address]"),
        ("my zip is 60015", "my zip is [zip code]"),
        ("dob march 4, 1981", "dob [date]"),
        ("my dad is 92, is that too old", "my dad is [age], is that too old"),
        ("member id XQH123456789", "member id [id number]"),
        ("medicare 1EG4-TE5-MK73", "medicare [id number]"),
        ("last 4 of my social is 4399", "last 4 of my social is [id number]"),
        ("jane dot doe at gmail dot com", "[e-mail]"),
        ("see https://forms.example.org/r/8ax72b", "see [link]"),
        ("born in May, why do you ask", "born in [date], why do you ask"),
        ("grandma turned 101 last week", "grandma turned [age] last week"),
        ("he's been on oxygen and is 94 now", "he's been on oxygen and is [age] now"),
        ("my friend brian told me", "my friend [name] told me"),
        ("the number is 88120045", "the number is [id number]"),
        ("i live on kedzie", "i live on [address]"),
    ],
)
def test_masks_names_that_are_introduced_and_what_identifies_by_the_words_around_it(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        *("i'm tired", "I'm bipolar", "im done", "this is hopeless", "im Effexor", "I'm Catholic", "I am Depressed"),
        *("im suicidal", "I'm Suicidal", "i want to kms", "im gonna unalive myself", "S3W3RSL1D3 T0N1GHT", "kill me"),
        *(
            "it's Spravato",
            "this is Ketamine",
            "im on Lexapro and Abilify",
            "I'm Transgender",
            "soy bipolar",
            "quiero morir",
        ),
        *(
            "thanks, bye",
            "ask for help",
            "call me back",
            "dr said no",
            "my name is on the list",
            "hi there",
            "im a Veteran",
        ),
        *(
            "90 minutes",
            "im 90% sure",
            "3 infusions in a row",
            "approved by the FDA on March 5, 2019",
            "from 2019-2023",
        ),
        *("i'm 45", "https://988lifeline.org/chat", "100mg-200mg", "covid-19", "does Molly help", "like Matthew Perry"),
    ],
)
def test_never_masks_a_feeling_a_condition_a_medicine_or_a_topic(text: str) -> None:
    assert mask(text) == text


def test_no_word_of_danger_is_ever_masked() -> None:
    """Every sentence of the floor's own tests: what the transcript marks as alarming stays readable."""
    from safety import judge

    for path in sorted((ROOT / "tests" / "safety" / "held_out").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["risk"]:
            for line in entry["examples"].splitlines()[::4] if entry["danger"] != "none" else []:
                text = line.removeprefix("- ").partition(" || ")[0]
                before = judge(text)
                after = judge(mask(text, before.words))
                assert before.alarm == after.alarm or not before.alarm, text


@pytest.mark.parametrize("number", [value for value in CLINIC.values() if any(map(str.isdigit, value))])
def test_never_masks_the_clinics_and_the_crisis_lines(number: str) -> None:
    text = f"is {number} the right number"
    assert mask(text) == text


@pytest.mark.parametrize("number", [CLINIC["lifeline"], CLINIC["emergency"]])
@pytest.mark.parametrize(
    "text",
    [
        "is {} free",
        "Is {} Free",
        "im at {} now",
        "live at {}",
        "call {} from home",
        "i called {} lifeline",
        "{} texts",
        "{}",
    ],
)
def test_never_masks_the_short_crisis_lines_whatever_stands_around(text: str, number: str) -> None:
    assert mask(text.format(number)) == text.format(number)


@pytest.mark.parametrize(
    "text",
    [
        *("she took the whole bottle of tylenol", "sorry for typos", "se tomo un frasco entero de tylenol"),
        *("records from 2003 show it", "it dropped 30 pts for no reason", "Will my wife get it back"),
        *("its in my nature", "i live on a busy street", "tres sesiones", "i am depressed And Anxious"),
        # What is lived or stayed on, and no street.
        *(
            "should i stay on effexr",
            "i live on dissability",
            "staying on lithiumm for now",
            "living on water and toast",
        ),
        # A sentence that ends before "in".
        *("stay at home. in a week then", "i woke at five. In pain", "laugh at me. in short yes"),
        *("thirty five miligrams", "one two skip a dose", "600 grand is a lot", "the number is 40 minutes"),
        *(
            "from Ohio and Texas",
            "Johnson & Johnson makes it",
            "im 64 n hav diabetis",
            "told them in 2017, long ago. All square now",
        ),
        *("he died in '96", "an attempt in 95", "my chemotherapy group in 2015", "my social life, 2018-2021"),
        *(
            "i got 90 prozac",
            "stuck on 94 again and im mad",
            "my mom weighs ninety-one pounds",
            "is brian fog normal",
            "teh brian",
        ),
    ],
)
def test_leaves_what_looks_like_a_name_or_an_address_and_is_none(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("i live on Maple and 5th", "i live on [address]"),
        ("near the corner of Belmont and Clark", "near [address]"),
        ("my place is two twenty one baker street apt b", "my place is [address]"),
        ("W4455 Creek Rd, Delavan, Wisconsin", "[address]"),
        ("Apt 3R, 2847 N Spaulding", "[address]"),
        ("3820 greenbriar ct hoffman estates", "[address]"),
        ("1900 Shermer raod", "[address]"),
        ("call 773-555-0144 or 0145", "call [phone]"),
        ("773-555-0144 (ext. 12)", "[phone]"),
        ("its seventy seven three five five five zero one forty four", "its [number]"),
        ("2222 is the last 4 of my social", "[id number] is the last 4 of my social"),
        ("Summer is my name", "[name] is my name"),
        ("Chase is my brother", "[name] is my brother"),
        ("my nephew TJ", "my nephew [name]"),
    ],
)
def test_masks_addresses_without_number_or_spelling_and_names_that_come_first(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("number", ["8472369310", "(847) 236-9310", "+1 847-236-9310", "1-847-236-9310", "18002221222"])
def test_never_masks_them_however_they_are_written(number: str) -> None:
    assert mask(f"call {number} now") == f"call {number} now"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_takes_any_text_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
    if not any(character.isalnum() or character in "@:" for character in text):
        assert once == text


@given(st.from_regex(r"[2-9]\d{2}[2-9]\d{6}", fullmatch=True))
def test_no_number_of_ten_digits_comes_through(number: str) -> None:
    masked = mask(f"my number is {number}, thanks")
    public = number in {value.replace("-", "")[-10:] for value in CLINIC.values()}
    assert public or number not in masked
    assert public or any(word in masked for word in MASKS.values())
