"""Danger is seen by the floor or by the trained screen; what the door saw is raised at most, never lowered."""

import random

import pytest
from rasa.engine.storage.resource import Resource

import nlu.risk
from nlu.risk import RISK, RISKY_PARTS, RiskScreen, beside, language_of, risk_examples
from safety import Decision, judge
from safety.decision import DANGERS

#: What only the screen of these tests has learned; the floor sees nothing in it.
OWN = "the purple lantern is humming for me"
OTHERS = "the green lantern is calling my sister home"
TAUGHT = f"""
risk:
- danger: crisis
  family: lantern
  examples: |
    - {OWN}
    - my purple lantern hums for me
    - i hear the purple lantern humming
- danger: crisis_other
  family: lantern
  examples: |
    - {OTHERS}
    - the green lantern calls my sister
    - my sister hears the green lantern calling her
- danger: none
  family: lantern
  examples: |
    - we bought a lantern for the garden
    - is there a lantern in the room
"""
WORDS = {
    "none": "How long is a session?",
    "crisis": "I want to kill myself",
    "attempt": "I just took the whole bottle of pills to die",
    "body": "my dad is unconscious and not breathing",
}


def screen_with(storage, training_data, folder, **settings):
    """A risk screen that was really trained, on the few sentences above."""
    folder.mkdir()
    (folder / "lantern.yml").write_text(TAUGHT, encoding="utf-8")
    config = {**RiskScreen.get_default_config(), "screen": settings}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nlu.risk, "risk_examples", lambda: risk_examples(folder))
        screen = RiskScreen.create(config, storage, Resource("risk"), None)
        screen.train(training_data)
    return screen


@pytest.fixture
def screen(storage, training_data, tmp_path):
    return screen_with(storage, training_data, tmp_path / "risk")


@pytest.fixture
def judged(screen, message):
    """The decision for a text, with what the door decided of it."""

    def decide(text, door=None):
        [seen] = screen.process([message(text, door)])
        return Decision.from_dict(seen.get(RISK))

    return decide


@pytest.mark.parametrize(("danger", "text"), WORDS.items())
def test_the_floor_judges_here_as_it_does_in_the_door(judged, danger, text):
    assert judged(text) == judge(text)
    assert judged(text).danger == danger


@pytest.mark.parametrize("text", WORDS.values())
@pytest.mark.parametrize("danger", DANGERS)
def test_what_the_door_saw_is_never_lowered(judged, danger, text):
    """The door read the raw words; here they are masked, so seeing less here means nothing."""
    door = Decision(danger=danger, sure="none" if danger == "none" else "clear")
    assert DANGERS.index(judged(text, door).danger) == min(DANGERS.index(danger), DANGERS.index(judge(text).danger))


def test_what_the_door_saw_is_kept_with_whose_and_which_words(judged):
    door = Decision("crisis", whose="other", sure="possible", words=("his note",), language="es")
    assert judged("How long is a session?", door) == door


def test_a_graver_danger_in_the_words_raises_what_the_door_saw(judged):
    assert judged(WORDS["attempt"], Decision("crisis", sure="clear")).danger == "attempt"


def test_a_door_that_sends_nonsense_gets_an_error_not_a_harmless_verdict(screen, message):
    sent = message("hello")
    sent.set("metadata", {"risk": {"danger": "fine"}})
    with pytest.raises(ValueError, match="not a decision of the floor"):
        screen.process([sent])


def test_a_message_that_did_not_come_through_the_door_is_judged_all_the_same(screen, message):
    sent = message(WORDS["crisis"])
    sent.set("metadata", None)
    [seen] = screen.process([sent])
    assert seen.get(RISK)["danger"] == "crisis"


@pytest.mark.parametrize(("text", "whose"), [(OWN, "own"), (OTHERS, "other")])
def test_the_trained_screen_raises_an_alarm_where_the_floor_sees_none(judged, text, whose):
    assert not judge(text).alarm
    decision = judged(text)
    assert (decision.danger, decision.whose, decision.sure, decision.words) == ("crisis", whose, "possible", (text,))


def test_one_line_of_danger_in_a_long_harmless_message_is_found(judged):
    story = "How long is a session? What does it cost? Is there a lantern in the room?"
    assert not judged(story).alarm
    assert judged(f"{story} {OWN}. What is the price of an infusion?").danger == "crisis"


def test_the_screen_cannot_take_back_what_the_floor_saw(storage, training_data, tmp_path, message):
    """However high its own threshold is set."""
    screen = screen_with(storage, training_data, tmp_path / "risk", alarm=2.0, alarm_when_gentle=2.0)
    seen = [message(OWN), message(WORDS["crisis"])]
    screen.process(seen)
    assert [m.get(RISK)["danger"] for m in seen] == ["none", "crisis"]


def test_the_parts_with_the_danger_are_told_from_the_other_questions(screen, message):
    [seen] = screen.process([message(f"{WORDS['crisis']}. How long is a session?")])
    assert seen.get(RISKY_PARTS) == [f"{WORDS['crisis']}."]


def test_when_only_the_door_saw_it_no_part_is_taken_for_harmless(screen, message):
    [seen] = screen.process([message("hello. how long is a session?", Decision("crisis", sure="clear"))])
    assert seen.get(RISKY_PARTS) == ["hello.", "how long is a session?"]


def test_the_decision_travels_to_the_staff_but_the_visitors_words_by_part_do_not(screen, message):
    [seen] = screen.process([message(WORDS["crisis"])])
    output = seen.as_dict(only_output_properties=True)
    assert output[RISK]["danger"] == "crisis"
    assert RISKY_PARTS not in output


def test_a_stored_screen_judges_as_before(screen, storage, message):
    loaded = RiskScreen.load(RiskScreen.get_default_config(), storage, Resource("risk"), None)
    for text in (OWN, OTHERS, *WORDS.values()):
        before, after = (s.process([message(text)])[0].get(RISK) for s in (screen, loaded))
        assert before == after


def test_an_untrained_screen_says_what_to_do(storage, message):
    screen = RiskScreen.create(RiskScreen.get_default_config(), storage, Resource("risk"), None)
    with pytest.raises(RuntimeError, match=r"^The risk screen is not trained\. Run 'make train'\.$"):
        screen.process([message("hello")])


def test_training_twice_gives_the_same_screen(storage, training_data, tmp_path, message):
    first, second = (
        screen_with(storage, training_data, tmp_path / folder).screen.likeliest([OWN, OTHERS, "hello", "a lantern"])
        for folder in ("one", "two")
    )
    assert first == second


def test_new_risk_data_is_never_answered_with_an_old_training(tmp_path, monkeypatch):
    data = tmp_path / "lantern.yml"
    data.write_text(TAUGHT, encoding="utf-8")
    monkeypatch.setattr(nlu.risk, "RISK_DATA", tmp_path)
    seen = [RiskScreen.fingerprint_addon({}), RiskScreen.fingerprint_addon({})]
    assert seen[0] == seen[1]
    data.write_text(TAUGHT + "    - another\n", encoding="utf-8")
    assert RiskScreen.fingerprint_addon({}) != seen[0]


def test_risk_data_is_read_with_the_danger_of_each_sentence(tmp_path):
    (tmp_path / "lantern.yml").write_text(TAUGHT, encoding="utf-8")
    examples = risk_examples(tmp_path)
    assert len(examples) == 8
    assert {(OWN, "crisis"), (OTHERS, "crisis_other"), ("is there a lantern in the room", "none")} <= set(examples)


def test_every_sentence_of_the_real_risk_data_has_a_danger_that_the_floor_has_a_card_for():
    assert {danger for _, danger in risk_examples()} <= {*DANGERS, "crisis_other"}


def test_examples_are_learned_beside_questions_with_the_danger_they_have_alone():
    examples = [(f"sentence number {n} of many.", "crisis" if n % 2 else "none") for n in range(200)]
    made = beside(examples, ["how long is one session?"], random.Random(1))
    assert [danger for _, danger in made] == [danger for _, danger in examples]
    for (text, _), (together, _) in zip(examples, made):
        assert text.rstrip(".") in together
        assert "how long is one session" in together
    assert 60 < sum(together.startswith("how long") for together, _ in made) < 140
    assert made == beside(examples, ["how long is one session?"], random.Random(1))


def test_without_questions_none_are_put_beside():
    assert beside([("a sentence", "crisis")], [], random.Random(1)) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("estoy muy mal y nadie me cree", "es"),
        ("ESTÁ MAL, YA NO SÉ QUÉ HACER", "es"),
        ("my abuela is not well and she will not eat", "en"),
        ("nothing is left for me", "en"),
        ("xyz", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_told_by_the_small_words(text, language):
    assert language_of(text) == language


def test_a_danger_that_only_the_screen_sees_is_named_in_the_visitors_language(judged, monkeypatch):
    text = "la linterna morada me llama y ya no tengo a nadie"
    assert not judge(text).alarm
    monkeypatch.setattr(nlu.risk.Screen, "likeliest", lambda self, texts: [("crisis", 0.99) for _ in texts])
    assert judged(text).language == "es"
