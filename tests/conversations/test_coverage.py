"""What no conversation reaches is named; what was said is not (the conversations themselves: test_conversations.py)."""

from benchmarks.conversations import BY_THE_DOOR, unreached
from safety.replies import RESPONSES, compose


def said(name, **more):
    return compose(RESPONSES, name, **more) | {"topic": name}


def test_where_nothing_was_said_everything_is_missing():
    missing = unreached([])
    assert {"cost", "crisis", "no_more"} <= set(missing["topics"])
    assert {"utter_cost", "utter_crisis_es", "utter_care_line", "utter_again"} <= set(missing["replies"])
    assert {"about_45_minutes", "promising"} <= set(missing["facts"])
    assert {"cost", "session_length"} <= set(missing["rules"])
    assert not {f"utter_{name}" for name in BY_THE_DOOR} & set(missing["replies"])


def test_what_was_said_is_reached_with_its_notes_its_facts_and_its_rule():
    nothing, missing = unreached([]), unreached([[said("onset", notes=("risk_note",)), said("cost")]])
    reached = {group: set(nothing[group]) - set(missing[group]) for group in nothing}
    assert reached == {
        "topics": {"onset", "cost"},
        "replies": {"utter_onset", "utter_risk_note", "utter_cost"},
        "facts": {"relief_hours_or_days", "ssris_take_weeks"},
        "rules": {"onset"},  # a rule begins with the first question of a message
    }


def test_a_reply_in_other_words_does_not_count_as_its_first_words():
    missing = unreached([[said("frequency", manner="again")]])
    assert "frequency" not in missing["topics"]
    assert "utter_frequency" in missing["replies"]
    assert "utter_again" not in missing["replies"]
