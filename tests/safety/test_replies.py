"""What a visitor reads when nothing else works, and what no reply may ever say."""

import re
from pathlib import Path

import pytest
import textstat
import yaml

from safety import Decision
from safety.decision import DANGERS
from safety.replies import CLINIC, RESPONSES, SECTIONS, compose, reply, without_rasa

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"id", "kind", "text", "source", "links", "choices"}  # docs/chat-api.md
KIND = {name.removeprefix("utter_"): variations[0]["metadata"]["kind"] for name, variations in RESPONSES.items()}
CARDS = [name for name, kind in KIND.items() if kind in ("crisis", "emergency")]
#: Said by the door, which has no message's words to fill in.
BY_THE_DOOR = [*CARDS, "session_start", "unavailable"]
WORDS = {
    **{"condition": "other conditions", "drug": "other medicines"},
    **{"open_until": "until 5 pm CST", "opens": "on Monday at 9 am CST"},
}
TEXTS = {name: compose(RESPONSES, name, words=WORDS)["text"] for name in KIND}
LABELS = {name: RESPONSES[f"utter_{name}"][0]["metadata"].get("label", "") for name in KIND}


# --- without Rasa -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["own", "other"])
@pytest.mark.parametrize("danger", DANGERS)
def test_without_rasa_a_danger_gets_its_card_and_anything_else_the_numbers(danger, whose):
    [card] = without_rasa(Decision(danger, whose, sure="clear"))
    name = Decision(danger, whose).intent or "unavailable"
    assert card["kind"] == KIND[name]
    assert card["text"] == TEXTS[name]
    assert "911" in card["text"]
    assert "847-236-9310" in card["text"]


@pytest.mark.parametrize("name", BY_THE_DOOR)
def test_a_reply_made_without_rasa_reads_as_in_domain_yml_with_the_clinics_own_numbers(name):
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    clinic = yaml.safe_load((ROOT / "data" / "clinic.yml").read_text(encoding="utf-8"))
    expected = domain["responses"][f"utter_{name}"][0]["text"].strip()
    for key, value in clinic.items():
        expected = expected.replace("{" + key + "}", value)
    made = reply(name)
    assert made["text"] == expected
    assert "{" not in made["text"]
    assert "}" not in made["text"]
    assert set(made) == FIELDS


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("crisis", ["988", "911", "847-236-9310", "988lifeline.org"]),
        ("crisis_third_party", ["988", "911", "847-236-9310", "988lifeline.org"]),
        ("harm_to_others", ["911", "988", "847-236-9310"]),
        ("self_harm_emergency", ["911", "988", "1-800-222-1222", "847-236-9310"]),
        ("body_emergency", ["911", "847-236-9310"]),
        ("violence_at_home", ["911", "1-800-799-7233", "988", "847-236-9310"]),
        ("unavailable", ["847-236-9310", "988", "911"]),
        ("session_start", ["988", "911"]),
    ],
)
def test_the_text_alone_is_complete_with_every_number_owed(name, numbers):
    for number in numbers:
        assert re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", reply(name)["text"]), number


@pytest.mark.parametrize("name", ["self_harm_emergency", "body_emergency"])
def test_an_emergency_says_911_before_anything_else(name):
    numbers = re.findall(r"911|988|800-222-1222|847-236-9310", reply(name)["text"])
    assert numbers[0] == "911"
    assert "911" in reply(name)["text"].splitlines()[0]


@pytest.mark.parametrize(
    "name", ["self_harm_emergency", "body_emergency", "violence_at_home", "crisis", "harm_to_others"]
)
def test_the_clinic_comes_after_the_help_that_is_there_now(name):
    text = reply(name)["text"]
    assert text.index("847-236-9310") > text.index("911")
    assert "It is not an emergency service." in text


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_that_nobody_is_reading_now(name):
    nobody = "nadie está leyendo este chat ahora" if name.endswith("_es") else "no one is reading this chat right now"
    assert nobody in reply(name)["text"].lower()


@pytest.mark.parametrize("name", ["crisis", "crisis_third_party", "self_harm_emergency", "harm_to_others"])
def test_a_card_says_what_happens_when_one_calls(name):
    assert re.search(r"A trained counselor picks up, listens and \w+", reply(name)["text"])


@pytest.mark.parametrize("name", ["crisis", "crisis_third_party", "harm_to_others"])
def test_a_card_encourages_a_trusted_person_too(name):
    assert re.search(r"someone you (both )?trust", reply(name)["text"])


def test_the_card_for_a_worried_other_says_that_988_is_for_them_too():
    assert "worry about someone else" in reply("crisis_third_party")["text"]


def test_the_card_for_violence_names_the_ways_out_of_this_chat():
    text = reply("violence_at_home")["text"]
    assert "stays on this device" in text
    assert "leave this page at once" in text


@pytest.mark.parametrize("name", CARDS)
def test_a_card_offers_nothing_to_read_on_about(name):
    assert reply(name)["choices"] == []
    assert reply(name)["source"] is None
    assert "ketamine" not in reply(name)["text"].lower()


@pytest.mark.parametrize("name", [name for name in CARDS if not name.endswith("_es")])  # a formula for English
def test_a_card_is_read_at_sixth_grade_or_below(name):
    assert textstat.flesch_kincaid_grade(reply(name)["text"]) <= 6.0


@pytest.mark.parametrize("whose", ["own", "other"])
def test_a_crisis_written_in_spanish_is_answered_in_spanish(whose):
    """SAFETY.md, languages."""
    [card] = without_rasa(Decision("crisis", whose, sure="clear", language="es"))
    assert re.search(r"\b(llame|llama)\b", card["text"].lower())


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "links"),
    [
        (
            "crisis",
            [
                ("Call 988", "tel:988"),
                ("Text 988", "sms:988"),
                ("Chat at 988lifeline.org", "https://988lifeline.org/chat"),
                ("Call 911", "tel:911"),
                ("Call the clinic: 847-236-9310", "tel:+18472369310"),
            ],
        ),
        (
            "self_harm_emergency",
            [
                ("Call 911", "tel:911"),
                ("Call 988", "tel:988"),
                ("Text 988", "sms:988"),
                ("Call Poison Help: 1-800-222-1222", "tel:+18002221222"),
                ("Call the clinic: 847-236-9310", "tel:+18472369310"),
            ],
        ),
        (
            "violence_at_home",
            [
                ("Call 911", "tel:911"),
                ("Call the hotline: 1-800-799-7233", "tel:+18007997233"),
                ("Call 988", "tel:988"),
                ("Text 988", "sms:988"),
                ("Call the clinic: 847-236-9310", "tel:+18472369310"),
            ],
        ),
        ("body_emergency", [("Call 911", "tel:911"), ("Call the clinic: 847-236-9310", "tel:+18472369310")]),
        (
            "other_language",
            [("Call the clinic: 847-236-9310", "tel:+18472369310"), ("Call 988", "tel:988"), ("Text 988", "sms:988")],
        ),
        ("session_length", []),
    ],
)
def test_the_numbers_of_a_reply_can_be_tapped_in_the_order_of_its_text(name, links):
    assert [(link["label"], link["href"]) for link in reply(name)["links"]] == links


@pytest.mark.parametrize("name", KIND)
def test_every_address_is_one_that_a_phone_can_dial_text_or_open(name):
    for link in compose(RESPONSES, name, words=WORDS)["links"]:
        assert re.fullmatch(r"(tel|sms):(\+1\d{10}|988|911)|https://[\w.]+/chat", link["href"])


# --- making a reply ---------------------------------------------------------------------------------------------------


def test_two_replies_never_share_an_id():
    assert len({reply("crisis")["id"] for _ in range(20)}) == 20


def test_an_answer_names_its_section_and_where_it_is_on_the_page():
    assert reply("session_length")["source"] == {
        "section": "How do treatments work?",
        "url": f"{CLINIC['page_url']}#{SECTIONS['how_it_works']['anchor']}",
    }


def test_notes_are_added_as_last_lines_with_their_numbers():
    made = compose(RESPONSES, "session_length", notes=("risk_note", "care_line"))
    assert made["text"].splitlines() == [TEXTS["session_length"], TEXTS["risk_note"], TEXTS["care_line"]]
    assert [link["href"] for link in made["links"]] == ["tel:+18472369310", "tel:988", "sms:988"]


def test_topics_can_be_other_than_the_replys_own_or_none():
    def labels(**more):
        return [choice["label"] for choice in compose(RESPONSES, "onset", **more)["choices"]]

    assert labels() == [LABELS[name] for name in RESPONSES["utter_onset"][0]["metadata"]["next"]]
    assert labels(choices=["cost"]) == ["What does it cost?"]
    assert labels(choices=[]) == []


def test_what_a_visitor_taps_is_sent_as_it_reads():
    assert reply("session_start")["choices"][0] == {
        "label": "What is this treatment?",
        "text": "What is this treatment?",
    }


@pytest.mark.parametrize("make", [lambda: reply("no_such_reply"), lambda: compose(RESPONSES, "other_conditions")])
def test_a_reply_that_cannot_be_made_is_an_error_not_half_a_reply(make):
    with pytest.raises(KeyError):
        make()


# --- what a reply says (what no words of ours may say: test_wording.py) -----------------------------------------------


@pytest.mark.parametrize("name", [name for name, kind in KIND.items() if kind in ("crisis", "emergency", "personal")])
def test_nothing_is_shouted_at_a_visitor_in_danger_or_with_a_worry(name):
    assert "!" not in TEXTS[name]
    assert not re.search(r"\b[A-Z]{4,}\b", TEXTS[name].replace("AYUDA", ""))  # the word to text, as the lifeline has it


@pytest.mark.parametrize("name", CARDS)
def test_a_card_asks_nothing_about_plans_or_means(name):
    assert "?" not in TEXTS[name]
    assert not re.search(
        r"\b(plan to|your plan|method|weapon|gun|rope|knife|dose|how you)\b", TEXTS[name], re.IGNORECASE
    )


@pytest.mark.parametrize("name", [name for name, kind in KIND.items() if kind in ("not_on_page", "personal")])
def test_where_the_page_cannot_answer_the_clinics_number_is_given(name):
    assert "847-236-9310" in TEXTS[name]


@pytest.mark.parametrize("name", [name for name, kind in KIND.items() if kind == "personal"])
def test_a_personal_question_gets_no_fact_about_the_treatment(name):
    assert not re.search(r"\d+ (minutes|weeks|hours)|infus|glutamate|relief", TEXTS[name])


def test_a_medicine_is_not_to_be_changed_because_of_this_chat():
    assert "don't change or stop a medicine because of this chat" in TEXTS["personal_medicine"]


@pytest.mark.parametrize("name", ["session_start", "bot_challenge"])
def test_the_assistant_says_what_it_is_and_is_not(name):
    for words in (
        "automated program, not a person or a clinician",
        "can't diagnose or give advice",
        "live",
        "988",
        "911",
    ):
        assert words in TEXTS[name]
