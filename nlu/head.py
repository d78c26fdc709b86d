"""The head: from a sentence's vector and its words to a score for each intent.

Kernel ridge regression on intents (one-hot targets). The kernel adds the closeness of meaning (a Gaussian on the
encoder's layers) and of spelling (the cosine of tf-idf weights of words and letter groups). One linear system, solved
the same way every time. Methods: Saunders, Gammerman & Vovk, "Ridge Regression Learning Algorithm in Dual Variables",
ICML 1998; conjugate gradients, made fast as by Frangella, Tropp & Udell, "Randomized Nyström Preconditioning", 2023.
Why this one: docs/decisions/intent-head.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from nlu.encoder import DIMENSIONS, LAYERS, WIDTH

#: Examples that stand for all in a first, rough solution of the system.
_SAMPLE = 2000
#: What the rest of the system may be off at the end, as a share of its right side; a tenth of it found no more.
_REST = 1e-2

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class HeadSettings:
    """What the experiments chose; config.yml may override each.

    Attributes:
        gamma: how fast closeness of meaning falls off: exp(gamma * (cosine - 1)).
        spelling: weight of the closeness of spelling against that of meaning.
        ridge: how far a single example may be overruled by its neighbours.
        balance: 0 takes every example the same, 1 gives each intent the same say however many examples it has.
        sharpness: turns scores into probabilities: softmax(sharpness * score); fitted on sentences by other writers.
    """

    gamma: float = 2.0
    spelling: float = 0.25
    ridge: float = 0.1
    balance: float = 0.5
    sharpness: float = 20.0


class Meaning:
    """Rows of length 1 from the encoder's layers: their common part taken out, then the directions that vary most.

    Sentences are all alike in the lower layers; without its mean each would be near to every other there. The main
    directions (principal components) keep a comparison as cheap as that of one layer.
    """

    #: Directions that are kept. With 384 the same share of sentences was right and a message cost a third more here.
    KEPT = 256

    def __init__(self, mean: Array, directions: Array) -> None:
        self._mean = mean
        self._directions = directions

    @classmethod
    def fit(cls, vectors: Array) -> Meaning:
        """Learns mean and directions from vectors of shape (examples, DIMENSIONS), in the encoder's form."""
        mean = vectors.mean(axis=0)
        mean[:WIDTH] = 0.0  # the last layer was trained for cosines as it is
        rows = cls(mean, np.eye(DIMENSIONS, dtype=np.float32))._centered(vectors)
        _, directions = np.linalg.eigh(rows.T @ rows)  # the largest come last
        return cls(mean, np.ascontiguousarray(directions[:, -cls.KEPT :]))

    def rows(self, vectors: Array) -> Array:
        """Shape (len(vectors), KEPT), each of length 1."""
        return _of_length_one(self._centered(vectors) @ self._directions)

    def _centered(self, vectors: Array) -> Array:
        layers = np.split(vectors - self._mean, len(LAYERS), axis=1)
        return np.concatenate([_of_length_one(rows) * weight for rows, weight in zip(layers, LAYERS.values())], axis=1)


def _of_length_one(rows: Array) -> Array:
    """Each row at length 1, one of zeros as it is (as scikit-learn's normalize, whose checks cost more than this)."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    unit: Array = rows / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    return unit


class Spelling:
    """tf-idf rows of length 1 over words (one and two) and groups of 3 to 5 letters."""

    def __init__(self, words: TfidfVectorizer, letters: TfidfVectorizer) -> None:
        self._words = words
        self._letters = letters

    @classmethod
    def fit(cls, texts: Sequence[str]) -> tuple[Spelling, scipy.sparse.csr_matrix]:
        """Learns the weights from texts, and gives the texts' rows, which are made on the way."""
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, max_features=20000, dtype=np.float32
        )
        words = TfidfVectorizer(
            ngram_range=(1, 2),
            sublinear_tf=True,
            min_df=2,
            token_pattern=r"(?u)\b\w+\b",
            dtype=np.float32,
        )
        both = letters.fit_transform(texts), words.fit_transform(texts)
        return cls(words, letters), _joined(*both)

    def rows(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Sparse rows, shape (len(texts), vocabulary)."""
        return _joined(self._letters.transform(texts), self._words.transform(texts))


def _joined(letters: scipy.sparse.csr_matrix, words: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    return normalize(scipy.sparse.hstack([letters, words])).tocsr()


class Head:
    """A trained head.

    Args:
        intents: names, in the order of the scores.
        meaning: the fitted features of meaning.
        spelling: the fitted features of spelling.
        meanings: (examples, Meaning.KEPT) rows of the training sentences.
        weights: (examples, intents) solution of the ridge system.
        said_by_spelling: (vocabulary, intents) what each word and group of letters says: the closeness of spelling is
            a plain product, so the examples' rows and weights are multiplied once, in training.
        settings: as trained with.
    """

    def __init__(
        self,
        intents: list[str],
        meaning: Meaning,
        spelling: Spelling,
        meanings: Array,
        weights: Array,
        said_by_spelling: Array,
        settings: HeadSettings,
    ) -> None:
        self.intents = intents
        self._meaning = meaning
        self._spelling = spelling
        self._meanings = meanings
        self._weights = weights
        self._said_by_spelling = said_by_spelling
        self._settings = settings

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Array, labels: Sequence[str], settings: HeadSettings) -> Head:
        """Trains on sentences.

        Args:
            texts: the sentences.
            vectors: shape (len(texts), DIMENSIONS), the encoder's.
            labels: the intent of each.
            settings: see :class:`HeadSettings`.
        """
        intents, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
        meaning = Meaning.fit(vectors)
        meanings = meaning.rows(vectors)
        spelling, spellings = Spelling.fit(texts)
        spellings *= np.float32(np.sqrt(settings.spelling))
        targets = np.eye(len(intents), dtype=np.float32)[index]
        say = (np.median(counts) / counts[index]) ** settings.balance
        closeness = _closeness(meanings, meanings, settings)
        weights = _solve(closeness, spellings, (settings.ridge / say).astype(np.float32), targets)
        said_by_spelling = (spellings.T @ weights) * np.float32(np.sqrt(settings.spelling))
        return cls(intents.tolist(), meaning, spelling, meanings, weights, said_by_spelling, settings)

    def probabilities(self, texts: Sequence[str], vectors: Array) -> Array:
        """How likely each intent is.

        Args:
            texts: any number of sentences.
            vectors: shape (len(texts), DIMENSIONS), the encoder's.

        Returns:
            shape (len(texts), len(self.intents)); each row sums to 1.
        """
        closeness = _closeness(self._meaning.rows(vectors), self._meanings, self._settings)
        scores = closeness @ self._weights + self._spelling.rows(texts) @ self._said_by_spelling
        scores *= self._settings.sharpness
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely: Array = odds / odds.sum(axis=1, keepdims=True)
        return likely


def _closeness(left: Array, right: Array, settings: HeadSettings) -> Array:
    """Closeness of meaning, computed in place: the largest of these matrices has hundreds of millions of numbers."""
    kernel: Array = left @ right.T
    kernel -= 1.0
    kernel *= settings.gamma
    np.exp(kernel, out=kernel)
    return kernel


def _solve(closeness: Array, spellings: scipy.sparse.csr_matrix, ridge: Array, targets: Array) -> Array:
    """Weights for which ``(closeness + spellings @ spellings.T + diag(ridge)) @ weights`` is ``targets``.

    The product of the spellings with each other is never computed: nearly all of it is filled, and the solution only
    needs what it does to a few columns.

    Raises:
        ArithmeticError: the rest did not become small.
    """
    count = len(closeness)
    transposed = spellings.T.tocsr()
    sample = np.random.default_rng(0).choice(count, min(_SAMPLE, count), replace=False)
    few = closeness[:, sample] + (spellings @ transposed[:, sample]).toarray()
    within = few[sample].astype(np.float64)
    within[np.diag_indices_from(within)] += 1e-4 * np.trace(within) / len(within)  # as far as single precision goes
    weighed = few / ridge[:, None]
    factor = scipy.linalg.cho_factor(within + weighed.T @ few, overwrite_a=True, check_finite=False)

    def roughly_solved(right: Array) -> Array:
        """The solution if the sample told all about the kernel (Woodbury's identity)."""
        inner = scipy.linalg.cho_solve(factor, weighed.T @ right, check_finite=False).astype(np.float32)
        rough: Array = right / ridge[:, None] - weighed @ inner
        return rough

    weights, rest = np.zeros_like(targets), targets.copy()
    size = np.linalg.norm(targets, axis=0)
    towards = better = roughly_solved(rest)
    along = (rest * better).sum(axis=0)
    for _ in range(count):
        step = closeness @ towards + spellings @ (transposed @ towards) + ridge[:, None] * towards
        far = along / (towards * step).sum(axis=0)
        weights += far * towards
        rest -= far * step
        if np.all(np.linalg.norm(rest, axis=0) <= _REST * size):
            return weights
        better = roughly_solved(rest)
        before, along = along, (rest * better).sum(axis=0)
        towards = better + (along / before) * towards
    raise ArithmeticError("The head's linear system could not be solved: are there examples without words?")
