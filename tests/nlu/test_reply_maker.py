"""What a visitor reads in a turn: a reply for each question, with its source, its numbers to tap, and its cautions."""

import asyncio
import re
from pathlib import Path

import pytest
from rasa.core.actions.action import create_bot_utterance
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from safety.replies import CLINIC, RESPONSES, SECTIONS

ROOT = Path(__file__).resolve().parents[2]
ENDPOINT = read_endpoint_config(str(ROOT / "endpoints.yml"), "nlg")
FIELDS = {"id", "kind", "text", "source", "links", "choices"}  # docs/chat-api.md
FOR_THE_STAFF = {"topic", "confidence", "benefit"}
#: Lines that are added to replies, and what the door says on its own; none of them is a topic.
NOTES = {"risk_note", "care_line", "clinic_open", "clinic_closed", "call_back_note", "number_typed"}
TOPICS = sorted(name.removeprefix("utter_") for name in RESPONSES if name.removeprefix("utter_") not in NOTES)
CARDS = [topic for topic in TOPICS if RESPONSES[f"utter_{topic}"][0]["metadata"]["kind"] in ("crisis", "emergency")]
OTHERS = [topic for topic in TOPICS if topic not in CARDS]
RISK_NOTE, CARE_LINE = (
    RESPONSES[f"utter_{note}"][0]["text"].format_map(CLINIC).strip() for note in ("risk_note", "care_line")
)


def question(intent, confidence=0.9, **more):
    more = {"candidates": ["onset", "cost"], **more} if intent == "unsure" else more
    return {"text": "words", "intent": intent, "confidence": confidence, "answerable": True, "words": {}, **more}


class Conversation:
    """A conversation with the reply maker that endpoints.yml names."""

    def __init__(self, domain, care_mode=False):
        self._maker = NaturalLanguageGenerator.create(ENDPOINT, domain)
        self._tracker = DialogueStateTracker.from_events("visitor", [], domain.slots)
        if care_mode:
            self.care_mode_begins()

    def care_mode_begins(self):
        self._tracker.update(SlotSet("care_mode", True))

    def turn(self, *questions, risk=None, metadata=None, says=None):
        """The whole message for what was understood; the conversation remembers it as Rasa does."""
        understood = [question(q) if isinstance(q, str) else q for q in questions]
        intent = {"name": understood[0]["intent"] if understood else None, "confidence": 0.9}
        parsed = {"intent": intent, "questions": understood, "entities": [], "intent_ranking": [intent], "risk": risk}
        self._tracker.update(UserUttered("words", intent=intent, parse_data=parsed, metadata=metadata))
        action = f"utter_{says or understood[0]['intent']}"
        made = asyncio.run(self._maker.generate(action, self._tracker, "inner"))
        if made:
            self._tracker.update(create_bot_utterance(dict(made)))
        return made

    def replies(self, *questions, **more):
        return self.turn(*questions, **more)["replies"]


@pytest.fixture
def conversation(domain):
    return Conversation(domain)


# --- one reply for each question --------------------------------------------------------------------------------------


def test_each_question_gets_its_reply_in_the_order_asked(conversation):
    replies = conversation.replies(question("cost", 0.7), question("session_length", 0.8), "ssri_meaning")
    assert [(r["topic"], r["kind"], r["confidence"]) for r in replies] == [
        ("cost", "not_on_page", 0.7),
        ("session_length", "answer", 0.8),
        ("ssri_meaning", "answer", 0.9),
    ]
    assert "45 minutes" in replies[1]["text"]
    assert len({reply["id"] for reply in replies}) == 3


@pytest.mark.parametrize("topic", TOPICS)
def test_a_reply_has_the_fields_of_the_chat_api_and_three_for_the_staff(conversation, topic):
    [reply] = conversation.replies(topic)
    assert set(reply) == FIELDS | FOR_THE_STAFF
    assert reply["topic"] == topic
    assert reply["kind"] == RESPONSES[f"utter_{topic}"][0]["metadata"]["kind"]
    assert reply["text"]
    assert "{" not in reply["text"]


@pytest.mark.parametrize("topic", TOPICS)
def test_each_number_in_a_reply_can_be_tapped_and_no_other(conversation, topic):
    [reply] = conversation.replies(topic)
    keys = ("clinic_phone", "lifeline", "emergency", "poison_help", "domestic_violence")
    # "988" is also in the lifeline's name and in its address; those count as much
    read = {CLINIC[key] for key in keys if re.search(rf"(?<![\d-]){CLINIC[key]}(?![\d-])", reply["text"])}
    tapped = {
        re.sub(r"\D", "", link["href"]).removeprefix("1") for link in reply["links"] if "https" not in link["href"]
    }
    assert tapped == {number.replace("-", "").removeprefix("1") for number in read}


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_names_the_section_that_it_is_from(conversation, topic):
    [reply] = conversation.replies(topic)
    section = RESPONSES[f"utter_{topic}"][0]["metadata"].get("section")
    if section is None:
        assert reply["source"] is None
    else:
        assert reply["source"] == {
            "section": SECTIONS[section]["title"],
            "url": f"{CLINIC['page_url']}#{SECTIONS[section]['anchor']}",
        }


def test_the_turn_as_plain_text_holds_all_replies(conversation):
    made = conversation.turn("cost", "session_length")
    assert made["text"] == "\n\n".join(reply["text"] for reply in made["replies"])


def test_what_was_understood_goes_along_for_the_staff(conversation):
    understood = conversation.turn("cost", risk={"danger": "none"})["understood"]
    assert set(understood) == {"intent", "intent_ranking", "questions", "entities", "risk"}
    assert understood["intent"]["name"] == "cost"
    assert understood["risk"] == {"danger": "none"}


def test_what_the_rule_says_wins_over_what_was_understood(conversation):
    assert [reply["topic"] for reply in conversation.replies("cost", "hours", says="greet")] == ["greet"]


def test_a_rule_for_a_message_that_was_not_understood_is_followed_all_the_same(conversation):
    assert [reply["topic"] for reply in conversation.replies(says="greet")] == ["greet"]


def test_an_unknown_reply_is_none_not_an_empty_one(conversation):
    assert conversation.turn("cost", says="no_such_reply") is None


# --- words of the message ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "words", "said"),
    [
        ("other_conditions", {"condition": "PTSD"}, "whether ketamine helps with PTSD."),
        ("other_conditions", {}, "whether ketamine helps with other conditions."),
        ("compare_drugs", {"drug": "Zoloft"}, "It does not cover Zoloft."),
        ("compare_drugs", {"condition": "PTSD"}, "It does not cover other medicines."),
    ],
)
def test_a_reply_says_the_name_that_was_asked_about(conversation, topic, words, said):
    [reply] = conversation.replies(question(topic, words=words))
    assert said in reply["text"]


def test_a_name_in_braces_is_a_name_and_no_instruction(conversation):
    [reply] = conversation.replies(question("other_conditions", words={"condition": "{clinic_phone}"}))
    assert "helps with {clinic_phone}." in reply["text"]


# --- topics to tap ----------------------------------------------------------------------------------------------------


def test_topics_are_offered_under_the_last_reply_only(conversation):
    first, last = conversation.replies("onset", "session_length")
    assert first["choices"] == []
    assert [choice["label"] for choice in last["choices"]] == [
        RESPONSES[f"utter_{name}"][0]["metadata"]["label"]
        for name in RESPONSES["utter_session_length"][0]["metadata"]["next"]
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_sent_as_it_is_labelled_and_there_are_three_at_most(conversation, topic):
    [reply] = conversation.replies(topic)
    assert len(reply["choices"]) <= 3
    assert all(choice == {"label": choice["label"], "text": choice["label"]} for choice in reply["choices"])


def test_in_doubt_the_likeliest_topics_are_offered(conversation):
    [reply] = conversation.replies(question("unsure", candidates=["hours", "onset"]))
    assert [choice["label"] for choice in reply["choices"]] == ["What are the opening hours?", "How soon does it work?"]


# --- risks ------------------------------------------------------------------------------------------------------------


def test_the_first_answer_that_tells_of_a_benefit_says_that_the_page_does_not_cover_risks(conversation):
    [reply] = conversation.replies("onset")
    assert reply["benefit"]
    assert reply["text"].endswith(RISK_NOTE)
    assert {"label": f"Call the clinic: {CLINIC['clinic_phone']}", "href": "tel:+18472369310"} in reply["links"]


def test_it_is_said_once_in_a_conversation(conversation):
    said = [RISK_NOTE in reply["text"] for _ in range(3) for reply in conversation.replies("onset")]
    assert said == [True, False, False]


def test_it_is_said_once_in_a_message_of_two_benefits_under_the_first(conversation):
    assert [RISK_NOTE in reply["text"] for reply in conversation.replies("cost", "onset", "inflammation")] == [
        False,
        True,
        False,
    ]


def test_a_reply_without_a_benefit_leaves_it_for_the_first_that_has_one(conversation):
    assert RISK_NOTE not in conversation.replies("session_length")[0]["text"]
    assert RISK_NOTE in conversation.replies("onset")[0]["text"]


def test_another_visitor_reads_it_again(domain):
    Conversation(domain).replies("onset")
    assert RISK_NOTE in Conversation(domain).replies("onset")[0]["text"]


# --- care mode --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", OTHERS)
def test_in_care_mode_every_reply_keeps_the_crisis_line_and_offers_no_topics(domain, topic):
    [reply] = Conversation(domain, care_mode=True).replies(topic)
    assert reply["text"].endswith(CARE_LINE)
    assert reply["choices"] == []
    assert {"tel:988", "sms:988"} <= {link["href"] for link in reply["links"]}


@pytest.mark.parametrize("topic", CARDS)
def test_a_card_is_the_same_in_care_mode_and_outside_it(domain, topic):
    calm, care = (Conversation(domain, care_mode=mode).replies(topic)[0] for mode in (False, True))
    assert {**calm, "id": None} == {**care, "id": None}
    assert care["choices"] == []


def test_after_the_card_the_other_question_is_answered_with_the_crisis_line(domain):
    card, answer = Conversation(domain, care_mode=True).replies("crisis", "session_length")
    assert card["kind"] == "crisis"
    assert "45 minutes" in answer["text"]
    assert answer["text"].endswith(CARE_LINE)
    assert answer["choices"] == []


def test_care_mode_lasts_for_the_conversation(conversation):
    assert CARE_LINE not in conversation.replies("session_length")[0]["text"]
    conversation.replies("crisis")
    conversation.care_mode_begins()
    for topic in ("affirm", "session_length", "thanks", "cost"):
        assert CARE_LINE in conversation.replies(topic)[0]["text"]


def test_in_care_mode_a_benefit_is_still_told_with_its_caution(domain):
    [reply] = Conversation(domain, care_mode=True).replies("onset")
    assert RISK_NOTE in reply["text"]
    assert reply["text"].endswith(CARE_LINE)


def test_care_mode_of_the_door_is_heeded_even_if_rasa_does_not_remember(conversation):
    [reply] = conversation.replies("session_length", metadata={"care_mode": True})
    assert reply["text"].endswith(CARE_LINE)
    assert reply["choices"] == []


def test_near_the_subject_the_crisis_line_is_added_for_this_reply_only(conversation):
    [near] = conversation.replies("research_outlook", risk={"danger": "none", "gentle": True})
    [after] = conversation.replies("session_length", risk={"danger": "none", "gentle": False})
    assert near["text"].endswith(CARE_LINE)
    assert CARE_LINE not in after["text"]
