"""What Rasa gets of a message: its first question as the intent, all of them in order, danger before everything."""

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.classifier import QUESTIONS, QuestionClassifier
from nlu.risk import RISK, RISKY_PARTS
from safety import Decision

RESOURCE = Resource("classifier")


@pytest.fixture
def classifier(storage, training_data):
    classifier = QuestionClassifier.create(QuestionClassifier.get_default_config(), storage, RESOURCE, None)
    classifier.train(training_data)
    return classifier


def test_the_message_gets_its_intent_the_ranking_and_the_questions(classifier, message):
    [seen] = classifier.process([message("how long is a session?")])
    assert seen.get("intent")["name"] == "session_length"
    assert [question["intent"] for question in seen.get(QUESTIONS)] == ["session_length"]
    assert seen.get("intent_ranking")[0] == {
        "name": "session_length",
        "confidence": pytest.approx(seen.get("intent")["confidence"], abs=1e-3),
    }
    assert {"intent", "intent_ranking", QUESTIONS} <= set(seen.as_dict(only_output_properties=True))


def test_of_two_questions_the_first_is_the_intent_and_both_are_kept(classifier, message):
    [seen] = classifier.process([message("What does it cost? How long is a session?")])
    assert seen.get("intent")["name"] == "cost"
    assert [question["intent"] for question in seen.get(QUESTIONS)] == ["cost", "session_length"]


def test_danger_comes_first_and_the_other_question_stays(classifier, message):
    sent = message("I want to die. How long is a session?")
    sent.set(RISK, Decision("crisis", sure="clear").as_dict())
    sent.set(RISKY_PARTS, ["I want to die."])
    [seen] = classifier.process([sent])
    assert seen.get("intent") == {"name": "crisis", "confidence": 1.0}
    assert [question["intent"] for question in seen.get(QUESTIONS)] == ["crisis", "session_length"]


@pytest.mark.parametrize(
    ("decision", "intent"),
    [
        (Decision("attempt", sure="clear"), "self_harm_emergency"),
        (Decision("body", sure="clear"), "body_emergency"),
        (Decision("violence", sure="clear"), "violence_at_home"),
        (Decision("harm", sure="clear"), "harm_to_others"),
        (Decision("crisis", whose="other", sure="possible"), "crisis_third_party"),
        (Decision("crisis", whose="own", sure="possible"), "crisis"),
    ],
)
def test_each_danger_is_its_intent_whatever_the_classifier_thinks_of_the_words(classifier, message, decision, intent):
    sent = message("how long is a session")
    sent.set(RISK, decision.as_dict())
    sent.set(RISKY_PARTS, ["how long is a session"])
    [seen] = classifier.process([sent])
    assert seen.get("intent")["name"] == intent
    assert [question["intent"] for question in seen.get(QUESTIONS)] == [intent]


@pytest.fixture
def doubting_classifier(storage, training_data):
    """One that is never sure enough, by its thresholds."""
    config = {"head": {}, "thresholds": {"sure": 1.1, "sure_of_kind": 1.1}}
    classifier = QuestionClassifier.create(config, storage, RESOURCE, None)
    classifier.train(training_data)
    return classifier


def test_the_thresholds_of_config_yml_are_used(doubting_classifier, message):
    assert doubting_classifier.process([message("how long is a session")])[0].get("intent")["name"] == "unsure"


@pytest.mark.parametrize(("before", "now"), [("unsure", "out_of_scope"), ("cost", "unsure"), ("greet", "unsure")])
def test_a_second_miss_in_a_row_is_not_answered_with_the_same_question(doubting_classifier, message, before, now):
    tracker = DialogueStateTracker.from_events(
        "visitor", [UserUttered("so", parse_data={QUESTIONS: [{"text": "so", "intent": before}]})]
    )
    [seen] = doubting_classifier.process([message("when")], tracker)
    assert seen.get("intent")["name"] == now


def test_a_stored_classifier_answers_as_before(classifier, storage, message):
    loaded = QuestionClassifier.load(QuestionClassifier.get_default_config(), storage, RESOURCE, None)
    asked = ["how long is a session", "what would I pay", "hey"]
    assert loaded.classify(asked) == classifier.classify(asked)


def test_an_untrained_classifier_says_what_to_do(storage, message):
    classifier = QuestionClassifier.create(QuestionClassifier.get_default_config(), storage, RESOURCE, None)
    with pytest.raises(RuntimeError, match=r"^The classifier is not trained\. Run 'make train'\.$"):
        classifier.process([message("hello")])
