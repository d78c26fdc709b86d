"""A message that says little by itself gets the topic that it leans on; one that speaks for itself is left alone."""

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.classifier import QUESTIONS
from nlu.context import MANNER, Context, in_context
from nlu.understanding import KINDS, Thresholds, understand

THRESHOLDS = Thresholds(sure=0.25, sure_of_kind=0.4, part=0.6, support=4)
NOTHING = {"greet": 0.2, "thanks": 0.2, "goodbye": 0.2}


def ranked(likely):
    return sorted(((name, likely.get(name, 0.0)) for name in KINDS), key=lambda item: -item[1])


def turn(intent, text="words", **more):
    """A visitor's message as Rasa remembers it."""
    question = {"text": text, "intent": intent, "confidence": 0.9, **more}
    return UserUttered(text, parse_data={QUESTIONS: [question]})


@pytest.fixture
def asked(language):
    """Says a message after some turns; ``seen`` says how likely which intents are for which texts."""

    def understood(message, seen, *before):
        def classify(texts):
            return [ranked(seen.get(text, NOTHING)) for text in texts]

        context = Context.of(DialogueStateTracker.from_events("visitor", list(before)), QUESTIONS)
        found = understand(language(message), classify, THRESHOLDS)
        return in_context(found, message, classify, THRESHOLDS, context)

    return understood


def intents(questions):
    return [question["intent"] for question in questions]


def test_a_short_follow_up_is_read_together_with_the_question_before_it(asked):
    seen = {"and how often?": {"frequency": 0.2, "boosters": 0.2}, "is it a drip and how often?": {"frequency": 0.9}}
    assert intents(asked("and how often?", seen, turn("procedure", "is it a drip"))) == ["frequency"]
    assert intents(asked("and how often?", seen)) == ["unsure"]


def test_a_clear_question_is_not_bent_towards_the_topic_before_it(asked):
    seen = {"is it a shot?": {"procedure": 0.9}, "how long is it is it a shot?": {"session_length": 1.0}}
    assert intents(asked("is it a shot?", seen, turn("session_length", "how long is it"))) == ["procedure"]


def test_a_long_message_speaks_for_itself(asked):
    text = "well my neighbour said something about this that i could not follow at all"
    assert intents(asked(text, {}, turn("session_length", "how long is it"))) == ["unsure"]


def test_more_is_the_next_topic_of_the_section_that_was_not_told(asked):
    seen = {"tell me more": {"tell_me_more": 0.9}}
    first = intents(asked("tell me more", seen, turn("mechanism")))
    assert KINDS[first[0]] == "answer"
    assert first != ["mechanism"]
    assert intents(asked("tell me more", seen, turn("mechanism"), turn(first[0]))) not in (first, ["mechanism"])


@pytest.mark.parametrize("before", ["cost", "personal_medicine"])
def test_where_the_page_has_nothing_it_is_not_said_to_have_told_all(asked, before):
    assert intents(asked("tell me more", {"tell me more": {"tell_me_more": 0.9}}, turn(before))) == [before]


def test_a_section_comes_to_its_end(asked):
    turns = [turn("inflammation"), turn("inflammation_and_mood"), turn("research_outlook")]
    assert intents(asked("tell me more", {"tell me more": {"tell_me_more": 0.9}}, *turns)) == ["no_more"]


def test_what_was_not_clear_is_said_in_other_words(asked):
    [question] = asked("what do you mean", {"what do you mean": {"rephrase": 0.9}}, turn("glutamate"))
    assert (question["intent"], question[MANNER]) == ("glutamate", "other_words")


def test_a_question_asked_again_is_acknowledged(asked):
    seen = {"how long is one": {"session_length": 0.9}}
    assert asked("how long is one", seen, turn("session_length"))[0][MANNER] == "again"
    assert MANNER not in asked("how long is one", seen, turn("onset"))[0]


def test_a_correction_leaves_out_what_was_answered(asked):
    seen = {"the drip": {"session_length": 0.5, "slow_infusion": 0.4}}
    corrected = asked("no, I meant the drip", seen, turn("session_length", "how long"))
    assert intents(corrected) == ["slow_infusion"]


@pytest.mark.parametrize(
    ("answer", "intent", "expected"),
    [
        ("yes", "affirm", "hours"),
        ("the second one", "unsure", "onset"),
        ("last one please", "unsure", "cost"),
        ("nope", "deny", "out_of_scope"),
    ],
)
def test_a_did_you_mean_can_be_answered(asked, answer, intent, expected):
    before = turn("unsure", candidates=["hours", "onset", "cost"])
    assert intents(asked(answer, {answer: {intent: 0.9}}, before)) == [expected]


@pytest.mark.parametrize(
    "question", ["how long does it last", "do I pay first", "is one enough", "who was the first patient"]
)
def test_a_new_question_is_no_answer_to_a_did_you_mean(asked, question):
    before = turn("unsure", candidates=["hours", "onset", "cost"])
    assert intents(asked(question, {question: {"relief_duration": 0.9}}, before)) == ["relief_duration"]


@pytest.mark.parametrize("answer", ["2", "#2", "number two", "The middle one.", "ok the second option please", "2nd"])
def test_a_place_can_be_named_in_many_ways(asked, answer):
    before = turn("unsure", candidates=["hours", "onset", "cost"])
    assert intents(asked(answer, {answer: {"gibberish": 0.9}}, before)) == ["onset"]


def test_a_second_miss_in_a_row_is_not_answered_with_the_same_question(asked):
    assert intents(asked("when", {}, turn("unsure", candidates=[]))) == ["out_of_scope"]
    assert intents(asked("when", {}, turn("onset"))) != ["out_of_scope"]


def test_context_does_not_reach_back_for_ever(asked):
    before = [turn("glutamate"), *(turn("greet") for _ in range(7))]
    assert intents(asked("what do you mean", {"what do you mean": {"rephrase": 0.9}}, *before)) == ["rephrase"]
