"""A decision of the floor travels unchanged, names a card for each danger, and is raised at most, never lowered."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from safety import Decision
from safety.decision import DANGERS, SURENESS

DOMAIN = yaml.safe_load((Path(__file__).resolve().parents[2] / "domain.yml").read_text(encoding="utf-8"))

DECISIONS = st.builds(
    Decision,
    danger=st.sampled_from(DANGERS),
    whose=st.sampled_from(["own", "other"]),
    sure=st.sampled_from(SURENESS),
    words=st.lists(st.text(), max_size=3).map(tuple),
    gentle=st.booleans(),
    language=st.sampled_from(["en", "es"]),
)
any_number_of_tries = settings(deadline=None, database=None)


@any_number_of_tries
@given(DECISIONS, DECISIONS)
def test_another_judge_may_raise_a_decision_and_never_lower_it(decision, other):
    graver = min(DANGERS.index(decision.danger), DANGERS.index(other.danger))
    assert DANGERS.index(decision.raised_by(other).danger) == graver


@any_number_of_tries
@given(DECISIONS)
def test_nobody_raises_a_decision_by_agreeing_or_by_seeing_nothing(decision):
    assert decision.raised_by(decision) == decision
    assert decision.raised_by(Decision()) == decision


@any_number_of_tries
@given(DECISIONS)
def test_a_decision_travels_as_json_unchanged(decision):
    assert Decision.from_dict(json.loads(json.dumps(decision.as_dict()))) == decision


@any_number_of_tries
@given(DECISIONS)
def test_there_is_a_card_where_there_is_an_alarm_and_nowhere_else(decision):
    assert decision.alarm == (decision.danger != "none") == (decision.intent is not None)
    if decision.intent:
        assert decision.intent in DOMAIN["intents"]
        assert DOMAIN["responses"][f"utter_{decision.intent}"][0]["metadata"]["kind"] in ("crisis", "emergency")


@pytest.mark.parametrize(
    ("danger", "whose", "intent"),
    [
        ("attempt", "own", "self_harm_emergency"),
        ("attempt", "other", "self_harm_emergency"),
        ("body", "other", "body_emergency"),
        ("violence", "own", "violence_at_home"),
        ("harm", "own", "harm_to_others"),
        ("crisis", "own", "crisis"),
        ("crisis", "other", "crisis_third_party"),
        ("none", "own", None),
    ],
)
def test_each_danger_has_its_card(danger, whose, intent):
    assert Decision(danger, whose).intent == intent


def test_an_emergency_of_the_body_is_graver_than_thoughts():
    """SAFETY.md, order of concerns: 911 before 988."""
    assert DANGERS[-2:] == ("crisis", "none")
    crisis = Decision("crisis", sure="clear")
    for emergency in ("attempt", "body", "violence", "harm"):
        assert crisis.raised_by(Decision(emergency, sure="possible")).danger == emergency


def test_no_danger_is_the_beginning():
    assert Decision().intent is None
    assert not Decision().alarm
    assert Decision().as_dict() == {
        "danger": "none",
        "whose": "own",
        "sure": "none",
        "words": [],
        "gentle": False,
        "language": "en",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"danger": "fine"},
        {"danger": "Crisis"},
        {"danger": None},
        {"danger": "crisis", "sure": "certain"},
        {"danger": "crisis", "whose": "mine"},
        {"danger": "crisis", "words": 7},
        {"danger": "crisis", "level": 9},
        {"danger": "crisis", "words": None},
        ["crisis"],
        "crisis",
        7,
    ],
)
def test_what_is_not_a_decision_is_refused_with_words(values):
    with pytest.raises(ValueError, match="not a decision of the floor"):
        Decision.from_dict(values)


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"gentle": "no"}, {"words": "pills"}, {"words": [7]}])
def test_every_value_of_a_decision_is_checked(wrong):
    with pytest.raises(ValueError, match="not a decision of the floor"):
        Decision.from_dict({"danger": "crisis", **wrong})


def test_missing_values_are_the_harmless_ones():
    assert Decision.from_dict({"danger": "crisis"}) == Decision("crisis")
    assert Decision.from_dict({}) == Decision()


def test_a_gentle_subject_seen_by_either_judge_is_treated_gently():
    assert Decision().raised_by(Decision(gentle=True)).gentle


def test_a_decision_cannot_be_changed_on_its_way():
    with pytest.raises(AttributeError):
        Decision().danger = "crisis"
