"""The head: from a sentence's vector and its words to a score for each intent.

Kernel ridge regression on intents (one-hot targets). The kernel adds the closeness of meaning (a Gaussian on the
encoder's layers) and of spelling (the cosine of tf-idf weights of words and letter groups). One linear system, solved
the same way every time. Methods: Saunders, Gammerman & Vovk, "Ridge Regression Learning Algorithm in Dual Variables",
ICML 1998; conjugate gradients, made fast as by Frangella, Tropp & Udell, "Randomized Nyström Preconditioning", 2023.
Why this one: docs/decisions/intent-head.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from nlu.encoder import DIMENSIONS, LAYERS, WIDTH

#: Rows of the spelling's product that one thread computes at a time.
_ROWS = 1024
#: Examples that stand for all in a first, rough solution of the system.
_SAMPLE = 2000
#: What the rest of the system may be off at the end, as a share of its right side; a tenth of it changed no answer.
_REST = 1e-3

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
        rows: Array = normalize(self._centered(vectors) @ self._directions)
        return rows

    def _centered(self, vectors: Array) -> Array:
        layers = np.split(vectors - self._mean, len(LAYERS), axis=1)
        return np.concatenate([normalize(rows) * weight for rows, weight in zip(layers, LAYERS.values())], axis=1)


class Spelling:
    """tf-idf rows of length 1 over words (one and two) and groups of 3 to 5 letters."""

    def __init__(self, words: TfidfVectorizer, letters: TfidfVectorizer) -> None:
        self._words = words
        self._letters = letters

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Spelling:
        """Learns the weights from texts."""
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
        return cls(words.fit(texts), letters.fit(texts))

    def rows(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Sparse rows, shape (len(texts), vocabulary)."""
        both = scipy.sparse.hstack([self._letters.transform(texts), self._words.transform(texts)])
        return normalize(both).tocsr()


class Head:
    """A trained head.

    Args:
        intents: names, in the order of the scores.
        meaning: the fitted features of meaning.
        spelling: the fitted features of spelling.
        meanings: (examples, Meaning.KEPT) rows of the training sentences.
        spellings: (examples, vocabulary) their spelling rows.
        weights: (examples, intents) solution of the ridge system.
        settings: as trained with.
    """

    def __init__(
        self,
        intents: list[str],
        meaning: Meaning,
        spelling: Spelling,
        meanings: Array,
        spellings: scipy.sparse.csr_matrix,
        weights: Array,
        settings: HeadSettings,
    ) -> None:
        self.intents = intents
        self._meaning = meaning
        self._spelling = spelling
        self._meanings = meanings
        self._spellings = spellings.T.tocsr()
        self._weights = weights
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
        meaning, spelling = Meaning.fit(vectors), Spelling.fit(texts)
        meanings = meaning.rows(vectors)
        spellings = spelling.rows(texts)
        targets = np.eye(len(intents), dtype=np.float32)[index]
        say = (np.median(counts) / counts[index]) ** settings.balance
        weights = _solve(_gram(meanings, spellings, settings), (settings.ridge / say).astype(np.float32), targets)
        return cls(intents.tolist(), meaning, spelling, meanings, spellings, weights, settings)

    def probabilities(self, texts: Sequence[str], vectors: Array) -> Array:
        """How likely each intent is.

        Args:
            texts: any number of sentences.
            vectors: shape (len(texts), DIMENSIONS), the encoder's.

        Returns:
            shape (len(texts), len(self.intents)); each row sums to 1.
        """
        meanings, spellings = self._meaning.rows(vectors), self._spelling.rows(texts)
        kernel = _kernel(meanings, self._meanings, spellings, self._spellings, self._settings)
        scores = (kernel @ self._weights) * self._settings.sharpness
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely: Array = odds / odds.sum(axis=1, keepdims=True)
        return likely


def _kernel(
    left: Array,
    right: Array,
    left_spelling: scipy.sparse.csr_matrix,
    right_spelling_transposed: scipy.sparse.csr_matrix,
    settings: HeadSettings,
) -> Array:
    """The kernel between texts asked about and those learned, shape (len(left), len(right))."""
    kernel = _closeness(left, right, settings)
    kernel += settings.spelling * (left_spelling @ right_spelling_transposed).toarray()
    return kernel


def _gram(meanings: Array, spellings: scipy.sparse.csr_matrix, settings: HeadSettings) -> Array:
    """The kernel of all examples with each other: symmetric, so half of its costly part is computed, in blocks."""
    kernel = _closeness(meanings, meanings, settings)

    def add_block(start: int) -> None:
        stop = start + _ROWS
        block = settings.spelling * (spellings[start:stop] @ spellings[start:].T.tocsr()).toarray()
        kernel[start:stop, start:] += block
        kernel[stop:, start:stop] += block[:, _ROWS:].T

    with ThreadPoolExecutor() as pool:  # scipy lets go of the interpreter's lock; no two blocks touch the same place
        list(pool.map(add_block, range(0, len(kernel), _ROWS)))
    return kernel


def _closeness(left: Array, right: Array, settings: HeadSettings) -> Array:
    """Closeness of meaning, computed in place: the largest of these matrices has hundreds of millions of numbers."""
    kernel: Array = left @ right.T
    kernel -= 1.0
    kernel *= settings.gamma
    np.exp(kernel, out=kernel)
    return kernel


def _solve(kernel: Array, ridge: Array, targets: Array) -> Array:
    """Weights for which ``(kernel + diag(ridge)) @ weights`` is ``targets``; the kernel is changed on the way.

    Raises:
        ArithmeticError: the rest did not become small.
    """
    count = len(kernel)
    sample = np.random.default_rng(0).choice(count, min(_SAMPLE, count), replace=False)
    few = kernel[:, sample]
    within = few[sample].astype(np.float64)
    within[np.diag_indices_from(within)] += 1e-4 * np.trace(within) / len(within)  # as far as single precision goes
    kernel[np.diag_indices_from(kernel)] += ridge
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
        step = kernel @ towards
        far = along / (towards * step).sum(axis=0)
        weights += far * towards
        rest -= far * step
        if np.all(np.linalg.norm(rest, axis=0) <= _REST * size):
            return weights
        better = roughly_solved(rest)
        before, along = along, (rest * better).sum(axis=0)
        towards = better + (along / before) * towards
    raise ArithmeticError("The head's linear system could not be solved: are there examples without words?")
