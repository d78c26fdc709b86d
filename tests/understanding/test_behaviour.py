"""What is understood of a topic stays so however it is put, and changes where what was added changes it."""

import asyncio

import pytest

from benchmarks.behaviour import cases, rates, seeds, try_all
from benchmarks.understanding import MODEL, loaded
from checks.content import Content, normalised

#: Least share (0 to 1) that holds. What was measured last: benchmarks/results/understanding.json.
FLOORS = {
    "minimum, page topics": 0.95,
    "minimum, topics not on the page": 0.97,
    "minimum, personal questions": 0.90,
    "same, typos": 0.94,
    "same, many typos": 0.74,
    "same, capitals": 0.97,
    "same, small letters": 0.97,
    "same, no punctuation": 0.97,
    "same, politeness before": 0.96,
    "same, politeness after": 0.97,
    "same, filler before": 0.97,
    "same, filler after": 0.95,
    "same, British and American spelling": 0.92,
    "same, contractions": 0.96,
    "same, missing apostrophes": 0.95,
    "same, names and medicines swapped": 0.86,
    "moves, a fact about the person": 0.97,
    "moves, another medicine than ketamine": 0.75,
    "moves, another illness than depression": 0.94,
    "moves, a second question": 0.90,
}
#: Known not to hold yet. Whoever mends one is told by a failing test to strike it from here.
STILL_WRONG: dict[str, str] = {}


@pytest.fixture(scope="module")
def tried():
    if not MODEL.is_file():
        pytest.fail("There is no trained model. Run 'make train'.")
    return asyncio.run(try_all(loaded()))


@pytest.mark.parametrize(
    "capability",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=STILL_WRONG[name], strict=True))
        if name in STILL_WRONG
        else name
        for name in FLOORS
    ],
)
def test_behaviour(tried, capability):
    share, _, _, count = rates(tried)[capability]
    failed = "\n".join(str(one) for one in tried if one.case.capability == capability and not one.right)
    assert count >= 10
    assert share >= FLOORS[capability], f"{share:.1%} of {count}:\n{failed}"


def test_every_capability_has_a_floor():
    assert {case.capability for case in cases(seeds())} == set(FLOORS)


def test_every_topic_of_the_page_of_what_it_lacks_and_of_persons_has_three_seeds():
    content = Content()
    due = {
        name.removeprefix("utter_")
        for name, variations in content.domain["responses"].items()
        if variations[0]["metadata"]["kind"] in ("answer", "not_on_page", "personal")
    }
    apart = {"human_handoff", "number_typed"}  # a wish for a person, and the door's word on a typed number
    topics = seeds()["topics"]
    assert set(topics) == due - apart
    assert {topic: len(sentences) for topic, sentences in topics.items() if len(sentences) != 3} == {}


def test_no_seed_was_trained_on_or_held_out():
    content = Content()
    known = {normalised(example.text) for example in [*content.training, *content.tests]}
    tried = [text for sentences in seeds()["topics"].values() for text in sentences]
    assert len({normalised(text) for text in tried}) == len(tried)
    assert [text for text in tried if normalised(text) in known] == []


def test_a_change_changes_its_seed():
    assert [case.text for case in cases(seeds()) if case.text == case.seed] == []
