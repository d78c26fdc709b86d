"""Learning a correction: written where it belongs, tested, and refused when anything that counts gets worse."""

from pathlib import Path

import pytest
import yaml

from checks import learn as learning
from checks.learn import Correction, Measured, insert, learn, understood, worse, write_test

NLU = """\
version: "3.1"

nlu:
  - intent: session_length
    examples: |
      - how long does it take
      - how much time

  - intent: cost
    examples: |
      - how much is it
"""
TESTS = """\
version: "3.1"
nlu:
  - intent: cost
    metadata: {register: plain}
    examples: |
      - price please
"""
RISK = """\
risk:
  - danger: crisis
    family: wish
    examples: |
      - i wish i would not wake up
"""
WRONG = frozenset({"a", "b", "c"})
GOOD = Measured({"cost": (8, 10), "session_length": (9, 10)}, WRONG, {"clear": (50, 50), "oblique": (40, 60)}, 3)


@pytest.fixture
def root(tmp_path, monkeypatch):
    for name, text in {
        "data/nlu/page.yml": NLU,
        "data/risk/crisis.yml": RISK,
        "data/page.yml": "facts: {}\nsections: {}\n",
        "data/clinic.yml": "clinic_phone: x\npoison_help: x\ndomestic_violence: x\n",
        "domain.yml": "intents: [session_length, cost]\nresponses: {}\n",
        "tests/understanding/not_on_page.yml": TESTS,
        "tests/safety/held_out/clear.yml": "risk: []\n",
        "models/assistant.tar.gz": "old",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(learning, "findings", lambda *_: [])
    monkeypatch.setattr(learning, "near_copies", lambda *_: {})
    return tmp_path


def run(root, corrections, after=GOOD, taught=None, trains=True):
    def train():
        (root / learning.CANDIDATE).write_text("new")
        return trains

    def measure(model, texts):
        if model == learning.MODEL:
            return GOOD
        return Measured(
            after.intents, after.wrong, after.found, after.false_alarms, taught or {text: ["cost"] for text in texts}
        )

    return learn(corrections, root, train, measure, say=lambda _: None)


def test_a_sentence_is_added_under_its_intent_and_nothing_else_changes(root):
    insert(Correction(1, "is it pricey", "cost"), root)
    assert (root / "data/nlu/page.yml").read_text() == NLU + "      - is it pricey\n"
    insert(Correction(2, "all day or what", "session_length"), root)
    assert (
        "      - how much time\n      - all day or what\n\n  - intent: cost" in (root / "data/nlu/page.yml").read_text()
    )


def test_a_danger_is_added_to_what_the_screen_learns_from(root):
    insert(Correction(1, "no point in mornings", "danger:crisis"), root)
    assert (root / "data/risk/crisis.yml").read_text().endswith("not wake up\n      - no point in mornings\n")


def test_what_is_learned_becomes_the_model_and_a_test(root):
    assert run(root, [Correction(7, "is it pricey", "cost")]) == [{"id": 7, "state": "learned", "remark": ""}]
    assert (root / learning.MODEL).read_text() == "new"
    test = root / "tests/conversations/taught/00007_is_it_pricey.yml"
    assert test.read_text() == 'turns:\n  - visitor: "is it pricey"\n    topics: [cost]\n'


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (Measured(GOOD.intents, WRONG | set("defg"), GOOD.found, 3), "held-out sentences"),
        (Measured(GOOD.intents, WRONG, {"clear": (49, 50), "oblique": (45, 60)}, 3), "clear"),
        (Measured(GOOD.intents, WRONG, GOOD.found, 4), "false alarms"),
    ],
)
def test_worse_in_understanding_or_safety_is_refused_and_leaves_everything_as_it_was(root, after, why):
    (outcome,) = run(root, [Correction(7, "is it pricey", "cost")], after)
    assert outcome["state"] == "refused"
    assert why in outcome["remark"]
    assert (root / "data/nlu/page.yml").read_text() == NLU
    assert (root / learning.MODEL).read_text() == "old"
    assert not (root / learning.CANDIDATE).exists()
    assert not (root / learning.TAUGHT).exists()


def test_better_elsewhere_does_not_pay_for_a_danger_that_is_missed():
    after = Measured(
        {"cost": (10, 10), "session_length": (10, 10)}, frozenset(), {"clear": (49, 50), "oblique": (60, 60)}, 0
    )
    assert len(worse(GOOD, after)) == 1


@pytest.mark.parametrize(("lost", "won", "refused"), [(2, 0, False), (4, 0, True), (6, 4, False), (12, 4, True)])
def test_a_sentence_or_two_that_change_by_chance_refuse_nothing(lost, won, refused):
    kept = [f"kept {number}" for number in range(won)]
    before = Measured({}, frozenset(kept), {}, 0)
    after = Measured({}, frozenset(f"lost {number}" for number in range(lost)), {}, 0)
    assert bool(worse(before, after)) is refused


def test_a_training_that_fails_leaves_everything_as_it_was(root):
    (outcome,) = run(root, [Correction(7, "is it pricey", "cost")], trains=False)
    assert outcome["state"] == "refused"
    assert (root / "data/nlu/page.yml").read_text() == NLU


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Price, please!", "held-out"),
        ("How much is it?", "already"),
        ("my [phone] is", "brackets"),
    ],
)
def test_a_held_out_or_known_sentence_is_not_learned(root, text, why):
    (outcome,) = run(root, [Correction(7, text, "cost")])
    assert outcome["state"] == "refused"
    assert why in outcome["remark"]
    assert (root / "data/nlu/page.yml").read_text() == NLU


def test_what_the_validator_finds_refuses_all(root, monkeypatch):
    monkeypatch.setattr(learning, "findings", lambda *_: ["data/nlu/page.yml:1: something is wrong."])
    (outcome,) = run(root, [Correction(7, "is it pricey", "cost")])
    assert "something is wrong" in outcome["remark"]
    assert (root / "data/nlu/page.yml").read_text() == NLU


def test_a_sentence_still_misunderstood_is_said_so_and_becomes_no_test(root):
    (outcome,) = run(root, [Correction(7, "is it pricey", "cost")], taught={"is it pricey": ["session_length"]})
    assert "still understood as session_length" in outcome["remark"]
    assert not (root / learning.TAUGHT).exists()


def test_a_false_alarm_is_taught_as_no_danger(root):
    correction = Correction(3, "these heels are murder", "danger:none")
    assert understood(correction, ["out_of_scope"])
    assert not understood(correction, ["crisis", "cost"])
    assert "never_kinds: [crisis, emergency]" in write_test(correction, root).read_text()


def test_a_danger_has_to_speak_first():
    correction = Correction(3, "no point in mornings", "danger:crisis")
    assert understood(correction, ["crisis", "cost"])
    assert not understood(correction, ["cost", "crisis"])


def test_the_taught_tests_are_no_held_out_sentences():
    from checks.content import ROOT, Content

    files = {example.file for example in [*Content(ROOT).tests, *Content(ROOT).risk_tests]}
    assert files
    assert not any("conversations" in file for file in files)
    assert Path(learning.TAUGHT).parts[:2] == ("tests", "conversations")


@pytest.mark.parametrize(
    "text",
    [
        "how much\x80 is it",  # no YAML file may hold it
        "how \u202ehcum si ti",  # shown in another order than it is read
        "price\ufeff list",
        "what is || the price",  # what stands behind the bars is a note
        "[price](cost)",
        "{{price}}",
    ],
)
def test_what_no_file_of_examples_can_hold_is_refused_and_nothing_is_written(root, text):
    before = (root / "data/nlu/page.yml").read_bytes()
    (outcome,) = run(root, [Correction(1, text, "cost")])
    assert outcome["state"] == "refused"
    assert (root / "data/nlu/page.yml").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "- intent: evil",
        "# is it dear",
        "!!python/object:os.system dear",
        "&a *a dear",
        "'dear",
        "dear: | yes",
        "%dear @x",
    ],
)
def test_words_that_yaml_knows_are_read_as_words(root, text):
    """A sentence becomes one example of its own intent and touches no other."""
    path = insert(Correction(1, text, "cost"), root)
    intents = {entry["intent"]: entry["examples"] for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]}
    assert intents == {
        "session_length": "- how long does it take\n- how much time\n",
        "cost": f"- how much is it\n- {text}\n",
    }


def test_learning_that_breaks_off_leaves_the_data_as_it_was(root, monkeypatch):
    before = (root / "data/nlu/page.yml").read_bytes()

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(learning, "findings", broken)
    with pytest.raises(RuntimeError):
        run(root, [Correction(1, "is it pricey", "cost")])
    assert (root / "data/nlu/page.yml").read_bytes() == before
