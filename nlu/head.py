"""The head: from a sentence's vector and its words to a score for each intent.

Kernel ridge regression on intents (one-hot targets). The kernel adds the closeness of meaning (a Gaussian on the
encoder's vectors) and of spelling (the cosine of tf-idf weights of words and letter groups). Closed form: one linear
system, no random start, the same result every time. Method: Saunders, Gammerman & Vovk, "Ridge Regression Learning
Algorithm in Dual Variables", ICML 1998.
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


class Spelling:
    """tf-idf rows of length 1 over words (one and two) and groups of 2 to 5 letters."""

    def __init__(self, words: TfidfVectorizer, letters: TfidfVectorizer) -> None:
        self._words = words
        self._letters = letters

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Spelling:
        """Learns the weights from texts."""
        letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=20000, dtype=np.float32
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
        spelling: the fitted spelling features.
        vectors: (examples, 384) unit vectors of the training sentences.
        spellings: (examples, vocabulary) their spelling rows.
        weights: (examples, intents) solution of the ridge system.
        settings: as trained with.
    """

    def __init__(
        self,
        intents: list[str],
        spelling: Spelling,
        vectors: Array,
        spellings: scipy.sparse.csr_matrix,
        weights: Array,
        settings: HeadSettings,
    ) -> None:
        self.intents = intents
        self._spelling = spelling
        self._vectors = vectors
        self._spellings = spellings.T.tocsr()
        self._weights = weights
        self._settings = settings

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Array, labels: Sequence[str], settings: HeadSettings) -> Head:
        """Trains on sentences.

        Args:
            texts: the sentences.
            vectors: shape (len(texts), 384), their unit vectors.
            labels: the intent of each.
            settings: see :class:`HeadSettings`.
        """
        intents, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
        spelling = Spelling.fit(texts)
        spellings = spelling.rows(texts)
        targets = np.eye(len(intents), dtype=np.float32)[index]
        say = (np.median(counts) / counts[index]) ** settings.balance
        system = _kernel(vectors, vectors, spellings, spellings.T.tocsr(), settings)
        system[np.diag_indices_from(system)] += (settings.ridge / say).astype(np.float32)
        weights = scipy.linalg.solve(system, targets, assume_a="pos", overwrite_a=True, check_finite=False)
        return cls(intents.tolist(), spelling, vectors, spellings, weights, settings)

    def probabilities(self, texts: Sequence[str], vectors: Array) -> Array:
        """How likely each intent is.

        Args:
            texts: any number of sentences.
            vectors: shape (len(texts), 384), their unit vectors.

        Returns:
            shape (len(texts), len(self.intents)); each row sums to 1.
        """
        kernel = _kernel(vectors, self._vectors, self._spelling.rows(texts), self._spellings, self._settings)
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
    meaning = np.exp(settings.gamma * (left @ right.T - 1.0))
    spelling = (left_spelling @ right_spelling_transposed).toarray()
    both: Array = (meaning + settings.spelling * spelling).astype(np.float32)
    return both
