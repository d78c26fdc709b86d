"""The head learns an intent from a handful of sentences, says how sure it is, and says the same every time."""

import joblib
import numpy as np
import pytest

from nlu.head import LARGEST, Comparison, Head, HeadSettings, Spelling, in_integers
from nlu.head_graph import head_graph

TAUGHT = {
    "cost": [
        "how much does it cost",
        "what does it cost",
        "what is the price of it",
        "is it expensive",
        "how much money is it",
    ],
    "session_length": [
        "how long is a session",
        "how long does it take",
        "how many minutes is it",
        "how long does a session last",
    ],
    "greet": ["hello", "hi there", "good morning", "hello there"],
}
TEXTS = [text for texts in TAUGHT.values() for text in texts]
LABELS = [intent for intent, texts in TAUGHT.items() for _ in texts]


@pytest.fixture(scope="module")
def head(encoder) -> Head:
    return Head.fit(TEXTS, encoder.encode(TEXTS), LABELS, HeadSettings())


@pytest.mark.parametrize(
    ("asked", "intent"),
    [
        ("what would I have to pay for it", "cost"),
        ("is a session an hour or two", "session_length"),
        ("hey, good evening", "greet"),
    ],
)
def test_sentences_that_were_never_taught_are_understood(head, encoder, asked, intent):
    likely = head.probabilities([asked], encoder.encode([asked]))[0]
    assert head.intents[int(likely.argmax())] == intent


def test_taught_sentences_are_remembered_with_confidence(head, encoder):
    likely = head.probabilities(TEXTS, encoder.encode(TEXTS))
    assert [head.intents[i] for i in likely.argmax(axis=1)] == LABELS
    assert likely.max(axis=1).min() > 0.5


def test_probabilities_of_a_sentence_sum_to_one(head, encoder):
    asked = [*TEXTS, "", "???", "an entirely different matter", "ñandú 🙂"]
    likely = head.probabilities(asked, encoder.encode(asked))
    assert likely.shape == (len(asked), len(TAUGHT))
    assert (likely >= 0).all()
    np.testing.assert_allclose(likely.sum(axis=1), 1.0, atol=1e-5)


def test_a_stranger_is_less_certain_than_what_was_taught(head, encoder):
    taught, strange = head.probabilities(
        ["how much does it cost", "the weather on Mars"],
        encoder.encode(["how much does it cost", "the weather on Mars"]),
    )
    assert strange.max() < taught.max()


def test_training_twice_gives_the_same_answers_to_the_last_bit(head, encoder):
    again = Head.fit(TEXTS, encoder.encode(TEXTS), LABELS, HeadSettings())
    asked = ["what is the price", "how long"]
    vectors = encoder.encode(asked)
    np.testing.assert_array_equal(again.probabilities(asked, vectors), head.probabilities(asked, vectors))


def test_a_sentence_is_judged_the_same_alone_and_among_others(head, encoder):
    asked = ["what is the price", "how long", "hello"]
    together = head.probabilities(asked, encoder.encode(asked))
    for row, text in zip(together, asked):
        np.testing.assert_allclose(head.probabilities([text], encoder.encode([text]))[0], row, atol=1e-4)


def test_the_order_of_the_examples_does_not_matter(head, encoder):
    backwards = Head.fit(TEXTS[::-1], encoder.encode(TEXTS[::-1]), LABELS[::-1], HeadSettings())
    asked = ["what is the price", "how long", "hello"]
    vectors = encoder.encode(asked)
    assert backwards.intents == head.intents
    np.testing.assert_allclose(backwards.probabilities(asked, vectors), head.probabilities(asked, vectors), atol=1e-3)


def test_a_stored_head_answers_as_before(head, encoder, tmp_path):
    joblib.dump(head, tmp_path / "head.joblib")
    stored = joblib.load(tmp_path / "head.joblib")
    vectors = encoder.encode(TEXTS)
    np.testing.assert_array_equal(stored.probabilities(TEXTS, vectors), head.probabilities(TEXTS, vectors))


@pytest.mark.parametrize(
    "setting", [{"gamma": 5.0}, {"spelling": 1.0}, {"ridge": 1.0}, {"balance": 0.0}, {"sharpness": 1.0}], ids=str
)
def test_each_setting_changes_the_answers(encoder, setting):
    """A setting that config.yml may override and that nothing reads would be a trap."""
    vectors, asked = encoder.encode(TEXTS), ["good price for a long session"]
    usual, other = (
        Head.fit(TEXTS, vectors, LABELS, HeadSettings(**{"sharpness": 2.0, **changed})) for changed in ({}, setting)
    )
    difference = other.probabilities(asked, encoder.encode(asked)) - usual.probabilities(asked, encoder.encode(asked))
    assert np.abs(difference).max() > 1e-4


def _filled(spelling: Spelling, text: str, width: int) -> np.ndarray:
    row = np.zeros(width, np.float32)
    place, weight = spelling.row(text)
    row[place] = weight
    return row


def test_spelling_brings_misspelt_words_close():
    spelling, rows = Spelling.fit(TEXTS)
    right, misspelt, other = (_filled(spelling, text, rows.shape[1]) for text in ("session", "sesion", "hello"))
    assert right @ misspelt > 0.3 > right @ other


@pytest.mark.parametrize("text", [*TEXTS, "HELLO, hello!", "how  how long,\nnaïve Ñandú's session?? 🙂"])
def test_a_row_of_spelling_is_what_scikit_learn_makes_of_the_text(text):
    """Learned together with the others or looked up by itself: the numbers are the same."""
    spelling, rows = Spelling.fit([*TEXTS, text, text])
    expected = rows[len(TEXTS)].toarray()[0]
    assert np.linalg.norm(expected) == pytest.approx(1.0)
    np.testing.assert_allclose(_filled(spelling, text, rows.shape[1]), expected, atol=1e-6)


@pytest.mark.parametrize("text", ["", "???", "🙂"])
def test_spelling_says_nothing_of_what_it_does_not_know(text):
    spelling, rows = Spelling.fit(TEXTS)
    scores = spelling.scores([text, "session"], np.ones((rows.shape[1], 3), np.float32))
    assert scores.shape == (2, 3)
    assert not scores[0].any()
    assert scores[1].all()


def test_the_graph_says_what_the_formula_says():
    """In integers on both sides, as near as seven and eight bits come to it; no product may overflow."""
    chance = np.random.default_rng(7)
    examples, asked = (chance.standard_normal((count, 256)).astype(np.float32) for count in (500, 40))
    asked[0], asked[1] = examples[0], -examples[1]
    examples, asked = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (examples, asked))
    weights = chance.standard_normal((500, 3)).astype(np.float32)
    integers, scale = in_integers(examples, LARGEST)
    said = Comparison(head_graph(integers, scale, weights, gamma=2.0)).scores(asked)
    exact = np.exp(2.0 * (asked @ (integers * scale).T - 1.0)) @ weights
    assert said.shape == (40, 3)
    assert np.abs(said - exact).max() < 0.01 * np.abs(exact).max()


def test_zeros_in_integers_stay_zeros():
    integers, scale = in_integers(np.zeros((2, 4), np.float32), LARGEST)
    assert not (integers * scale).any()
