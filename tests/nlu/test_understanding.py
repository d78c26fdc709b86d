"""What is made of a message, given how likely each intent is: sure, unsure, or a question of a known kind."""

import pytest

from nlu.understanding import KINDS, Thresholds, understand

THRESHOLDS = Thresholds(sure=0.25, sure_of_kind=0.4, part=0.6, support=4)


def ranked(likely):
    """A ranking of all intents in which the given ones have these probabilities and all others none."""
    return sorted(((name, likely.get(name, 0.0)) for name in KINDS), key=lambda item: -item[1])


@pytest.fixture
def asked(language):
    """Understands a message; ``seen`` says how likely which intents are for its text and its parts."""

    def understood(message, seen, thresholds=THRESHOLDS, risky=()):
        def classify(texts):
            return [ranked(seen.get(text, {"out_of_scope": 0.2, "greet": 0.2, "gibberish": 0.2})) for text in texts]

        return understand(language(message), classify, thresholds, risky)

    return understood


def intents(understood):
    return [question["intent"] for question in understood.questions]


# --- one question -----------------------------------------------------------------------------------------------------


def test_a_likely_intent_is_taken_as_it_is(asked):
    understood = asked("how long is it", {"how long is it": {"session_length": 0.9, "onset": 0.1}})
    assert understood.questions == [
        {"text": "how long is it", "intent": "session_length", "confidence": 0.9, "answerable": True, "words": {}}
    ]
    assert understood.ranking[:2] == [("session_length", 0.9), ("onset", 0.1)]


@pytest.mark.parametrize(("probability", "expected"), [(0.25, "onset"), (0.24, "unsure")])
def test_the_threshold_decides_between_sure_and_unsure(asked, probability, expected):
    seen = {"when": {"onset": probability, "frequency": 0.2, "session_length": 0.2, "hours": 0.2}}
    assert intents(asked("when", seen)) == [expected]


def test_in_doubt_the_three_likeliest_topics_with_a_label_are_offered(asked):
    seen = {"when": {"greet": 0.21, "onset": 0.2, "frequency": 0.19, "thanks": 0.15, "hours": 0.1, "cost": 0.05}}
    [question] = asked("when", seen).questions
    assert question["intent"] == "unsure"
    assert question["candidates"] == ["onset", "frequency", "hours"]
    assert not question["answerable"]


def test_a_question_certainly_not_on_the_page_gets_the_number_not_a_guess(asked):
    seen = {"a sauna?": {"parking": 0.2, "hours": 0.15, "location": 0.15, "onset": 0.1}}
    [question] = asked("a sauna?", seen).questions
    assert question["intent"] == "other_not_on_page"
    assert question["confidence"] == pytest.approx(0.5)
    assert question["answerable"]


def test_a_question_certainly_about_a_person_stays_personal(asked):
    seen = {"me with this?": {"personal_condition": 0.22, "personal_eligibility": 0.2, "onset": 0.1}}
    [question] = asked("me with this?", seen).questions
    assert question["intent"] == "personal_condition"
    assert question["confidence"] == pytest.approx(0.42)


def test_being_sure_that_it_is_about_the_page_is_not_enough_to_answer(asked):
    """Which of the page's topics would be a guess: the visitor chooses."""
    seen = {"how is it": {"onset": 0.24, "frequency": 0.24, "session_length": 0.24, "procedure": 0.24}}
    assert intents(asked("how is it", seen)) == ["unsure"]


@pytest.mark.parametrize("message", ["", "  ", "???", "\n", "-", "1)", "🙂"])
def test_a_message_without_words_still_gets_an_answer(asked, message):
    [question] = asked(message, {}).questions
    assert question["intent"] in KINDS
    assert 0.0 <= question["confidence"] <= 1.0


# --- several ----------------------------------------------------------------------------------------------------------

LONG_AND_COST = {
    "How long is it? What does it cost?": {"session_length": 0.5, "cost": 0.4},
    "How long is it?": {"session_length": 0.9},
    "What does it cost?": {"cost": 0.95},
}


def test_two_questions_are_both_answered_in_the_order_asked(asked):
    understood = asked("How long is it? What does it cost?", LONG_AND_COST)
    assert [(q["text"], q["intent"], q["confidence"]) for q in understood.questions] == [
        ("How long is it?", "session_length", 0.9),
        ("What does it cost?", "cost", 0.95),
    ]


def test_two_questions_in_one_sentence_are_both_answered(asked):
    seen = {
        "how long is it and who decides the dose": {"session_length": 0.5, "dose_setter": 0.45},
        "how long is it": {"session_length": 0.9},
        "who decides the dose": {"dose_setter": 0.9},
    }
    assert intents(asked("how long is it and who decides the dose", seen)) == ["session_length", "dose_setter"]


def test_a_sentence_is_not_cut_where_its_pieces_are_not_clear(asked):
    seen = {
        "how long is it, is it": {"session_length": 0.9, "greet": 0.05, "cost": 0.03},
        "how long is it": {"session_length": 0.9},
        "is it": {"cost": 0.59},
    }
    assert intents(asked("how long is it, is it", seen)) == ["session_length"]


def test_what_the_message_as_a_whole_does_not_speak_of_is_not_asked(asked):
    seen = {
        "How long is it? Say.": {"session_length": 0.8, "onset": 0.1, "frequency": 0.05, "hours": 0.04, "cost": 0.01},
        "How long is it?": {"session_length": 0.9},
        "Say.": {"cost": 0.9},
    }
    assert intents(asked("How long is it? Say.", seen)) == ["session_length"]


def test_the_same_question_twice_is_answered_once(asked):
    seen = {
        "How long is it? How many minutes?": {"session_length": 0.9},
        "How long is it?": {"session_length": 0.9},
        "How many minutes?": {"session_length": 0.8},
    }
    assert intents(asked("How long is it? How many minutes?", seen)) == ["session_length"]


@pytest.mark.parametrize("company", ["greet", "thanks", "goodbye", "affirm", "gibberish"])
def test_a_greeting_beside_a_question_is_not_answered(asked, company):
    seen = {
        "Hi! How long is it?": {company: 0.6, "session_length": 0.4},
        "Hi!": {company: 0.95},
        "How long is it?": {"session_length": 0.9},
    }
    assert intents(asked("Hi! How long is it?", seen)) == ["session_length"]


@pytest.mark.parametrize("company", ["personal_story", "human_handoff", "other_language"])
def test_personal_words_that_ask_nothing_give_way_to_the_questions_beside_them(asked, company):
    seen = {
        "I lost years, what? How long is it? What does it cost?": {
            company: 0.4,
            "session_length": 0.3,
            "cost": 0.3,
        },
        "I lost years, what?": {company: 0.9},
        "How long is it?": {"session_length": 0.9},
        "What does it cost?": {"cost": 0.9},
    }
    assert intents(asked("I lost years, what? How long is it? What does it cost?", seen)) == ["session_length", "cost"]


def test_personal_words_alone_are_answered(asked):
    seen = {"I lost ten years to this.": {"personal_story": 0.9}}
    assert intents(asked("I lost ten years to this.", seen)) == ["personal_story"]


def test_a_statement_that_leads_up_to_a_question_is_not_answered(asked):
    message = "The infusions sound new. How long is it?"
    seen = {
        message: {"what_is_it": 0.45, "session_length": 0.5},
        "The infusions sound new.": {"what_is_it": 0.7},
        "How long is it?": {"session_length": 0.9},
    }
    assert intents(asked(message, seen)) == ["session_length"]


def test_a_fact_about_a_person_is_kept_beside_the_question(asked):
    """SAFETY.md: 'My mum is 78 and on blood thinners, how long is an infusion?' gets the number and the 45 minutes."""
    message = "My mum is 78 and on blood thinners. How long is an infusion?"
    seen = {
        message: {"personal_relative": 0.5, "session_length": 0.5},
        "My mum is 78 and on blood thinners.": {"personal_relative": 0.9},
        "How long is an infusion?": {"session_length": 0.9},
    }
    assert intents(asked(message, seen)) == ["personal_relative", "session_length"]


@pytest.mark.parametrize(
    ("clear", "vague", "expected"),
    [
        (0.9, 0.69, ["session_length"]),
        (0.9, 0.7, ["personal_eligibility", "session_length"]),
        (0.89, 0.69, ["personal_eligibility", "session_length"]),
    ],
)
def test_beside_a_clear_question_what_is_vague_is_the_story_around_it(asked, clear, vague, expected):
    message = "I have tried it all. How long is it?"
    seen = {
        message: {"personal_eligibility": 0.5, "session_length": 0.5},
        "I have tried it all.": {"personal_eligibility": vague, "greet": 1 - vague},
        "How long is it?": {"session_length": clear},
    }
    assert intents(asked(message, seen)) == expected


def test_several_personal_questions_end_in_one_call_to_the_clinic(asked):
    message = "Is it right for me? Can I stay on lithium? What does it cost?"
    seen = {
        message: {"personal_eligibility": 0.4, "personal_medicine": 0.3, "cost": 0.3},
        "Is it right for me?": {"personal_eligibility": 0.9},
        "Can I stay on lithium?": {"personal_medicine": 0.9},
        "What does it cost?": {"cost": 0.9},
    }
    assert intents(asked(message, seen)) == ["personal_eligibility", "cost"]


def test_one_clear_question_is_found_in_a_long_story(asked):
    message = "I slept badly. Work was hard. How long is it?"
    seen = {
        message: {"personal_story": 0.3, "session_length": 0.26, "greet": 0.2},
        "I slept badly.": {"greet": 0.4},
        "Work was hard.": {"greet": 0.4},
        "How long is it?": {"session_length": 0.9},
    }
    [question] = asked(message, seen).questions
    assert (question["intent"], question["text"]) == ("session_length", "How long is it?")


def test_nobody_waits_for_the_reading_of_a_hundred_questions(language):
    """A pasted page costs no more than a dozen parts and the whole."""
    message = " ".join(f"Is it number {number}?" for number in range(100))
    seen = []

    def classify(texts):
        seen.extend(texts)
        return [ranked({"cost": 0.9}) for _ in texts]

    understood = understand(language(message), classify, THRESHOLDS)
    assert len(seen) == 13
    assert intents(understood) == ["cost"]


def test_a_part_that_is_surely_not_on_the_page_is_answered_beside_a_page_question(asked):
    message = "How long is it? Is there a sauna?"
    seen = {
        message: {"session_length": 0.5, "parking": 0.2, "hours": 0.15, "location": 0.15},
        "How long is it?": {"session_length": 0.9},
        "Is there a sauna?": {"parking": 0.24, "hours": 0.24, "location": 0.24},
    }
    assert intents(asked(message, seen)) == ["session_length", "other_not_on_page"]


# --- beside a danger --------------------------------------------------------------------------------------------------


def test_a_clear_question_beside_a_danger_is_answered_and_the_danger_left_to_its_card(asked):
    message = "I can't go on. How long is it?"
    seen = {
        message: {"personal_story": 0.9},
        "I can't go on.": {"personal_story": 0.9},
        "How long is it?": {"session_length": 0.9},
    }
    assert intents(asked(message, seen, risky=["I can't go on."])) == ["session_length"]


def test_a_danger_alone_leaves_nothing_else_to_answer(asked):
    seen = {"I can't go on.": {"personal_story": 0.9}}
    assert asked("I can't go on.", seen, risky=["I can't go on."]).questions == []


@pytest.mark.parametrize(
    ("beside", "likely"),
    [
        ("Is it?", {"session_length": 0.5}),  # not clear
        ("I slept badly.", {"personal_story": 0.9}),  # asks nothing
        ("Hello, is it you?", {"greet": 0.95}),  # company
        ("What now?", {"onset": 0.2, "cost": 0.2}),  # would be a "did you mean"
    ],
)
def test_beside_a_danger_nothing_doubtful_is_answered(asked, beside, likely):
    message = f"I can't go on. {beside}"
    assert asked(message, {message: likely, beside: likely}, risky=["I can't go on."]).questions == []


# --- names ------------------------------------------------------------------------------------------------------------


def test_the_condition_asked_about_is_named_as_the_vocabulary_names_it(asked):
    message = "does it help with post traumatic stress"
    [question] = asked(message, {message: {"other_conditions": 0.9}}).questions
    assert question["words"] == {"condition": "PTSD"}


def test_each_question_has_the_names_of_its_own_part(asked):
    message = "Does it help with fibro? Is it better than sertraline?"
    seen = {
        message: {"other_conditions": 0.5, "compare_drugs": 0.5},
        "Does it help with fibro?": {"other_conditions": 0.9},
        "Is it better than sertraline?": {"compare_drugs": 0.9},
    }
    assert [question["words"] for question in asked(message, seen).questions] == [
        {"condition": "fibromyalgia"},
        {"drug": "Zoloft"},
    ]


def test_of_two_names_of_a_kind_the_first_is_said(asked):
    message = "does it help OCD or tinnitus"
    [question] = asked(message, {message: {"other_conditions": 0.9}}).questions
    assert question["words"] == {"condition": "OCD"}


def test_thresholds_are_settings_not_constants(asked):
    seen = {"when": {"onset": 0.5, "frequency": 0.3, "session_length": 0.2}}
    assert intents(asked("when", seen, thresholds=Thresholds(sure=0.6))) == ["unsure"]
    assert intents(asked("when", seen, thresholds=Thresholds(sure=0.4))) == ["onset"]
