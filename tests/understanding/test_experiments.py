"""The candidates of the experiments are measured alike: each learns, and each is asked the same."""

import pytest

from benchmarks.experiments import GROUPS, OURS, PARTS, Sentences, by_group, candidates, table, training, with_vectors


@pytest.fixture(scope="module")
def few():
    """80 training sentences of each of two topics, and 30 of each that are kept back."""
    chosen = {topic: [pair for pair in training() if pair[1] == topic] for topic in ("cost", "session_length")}
    learned = [pair for pairs in chosen.values() for pair in pairs[:80]]
    asked = [pair for pairs in chosen.values() for pair in pairs[80:110]]
    return with_vectors(learned), with_vectors(asked)


#: All but the network, which needs more examples than a test has time for.
QUICK = [name for name, (_, share) in candidates(0).items() if share == 1.0 and "network" not in name]


@pytest.mark.parametrize("name", QUICK)
def test_a_candidate_tells_two_topics_apart(few, name):
    train, test = few
    candidate, _ = candidates(0)[name]
    assert len(QUICK) >= 6
    named = candidate(train, test)
    assert len(named) == len(test.intents)
    assert sum(a == b for a, b in zip(named, test.intents)) / len(named) >= 0.85


def test_a_part_of_the_examples_is_the_same_part_of_each_topic_each_time(few):
    train, _ = few
    part = train.part(0.25)
    assert [part.intents.count(topic) for topic in ("cost", "session_length")] == [20, 20]
    assert part.texts == train.part(0.25).texts
    assert set(part.texts) < set(train.texts)
    assert part.vectors.shape == (40, train.vectors.shape[1])


def test_a_topic_never_loses_all_of_its_examples():
    tiny = Sentences(
        ["a b", "c d", "e f"], with_vectors([("a b", ""), ("c d", ""), ("e f", "")]).vectors, ["x", "x", "x"]
    )
    assert len(tiny.part(0.01).texts) == 2


def test_the_learning_curve_and_the_slow_candidate_are_among_them():
    names = list(candidates(3))
    assert OURS in names
    assert [name for name in names if name.startswith("ours,")] == [
        f"ours, {share:.0%} of the examples" for share in PARTS
    ]
    assert "3 epochs" in names[-1]
    assert not any("DIET" in name for name in candidates(0))


def test_the_table_has_a_line_for_each_candidate_and_a_column_for_each_group():
    right = by_group(["cost", "onset"], ["cost", "session_length"])
    assert right["all"][0] == 0.5
    assert right["not on the page"][0] == 1.0
    assert right["page"][0] == 0.0
    shown = table({"ours": {"right": right, "seconds": 12, "examples": 2}}).splitlines()
    assert shown[-1].startswith("| ours | 50.0% (")
    assert {line.count("|") for line in shown} == {len(GROUPS) + 3}
