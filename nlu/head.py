"""The head: from a sentence's vector and its words to a score for each intent.

Kernel ridge regression on intents (one-hot targets). The kernel adds the closeness of meaning (a Gaussian on the
encoder's layers) and of spelling (the cosine of tf-idf weights of words and letter groups). One linear system, solved
the same way every time. Methods: Saunders, Gammerman & Vovk, "Ridge Regression Learning Algorithm in Dual Variables",
ICML 1998; conjugate gradients, made fast as by Frangella, Tropp & Udell, "Randomized Nyström Preconditioning", 2023.
Why this one: docs/decisions/intent-head.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from nlu.encoder import DIMENSIONS, LAYERS, WIDTH, session

#: Examples that stand for all in a first, rough solution of the system.
_SAMPLE = 2000
#: What the rest of the system may be off at the end, as a share of its right side; a tenth of it found no more.
_REST = 1e-2

#: The largest integer that stands for a number of an example (nlu/head_graph.py), and of a sentence.
LARGEST, LARGEST_ASKED = 63, 127
#: The integer that stands for zero in a sentence: onnxruntime is fast where that side has no signs.
ZERO = 128

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
        kept = directions[:, -cls.KEPT :]
        # Turned at random, which changes no cosine: every number of a row is about as large as the others then, and
        # integers hold them well.
        turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((kept.shape[1], kept.shape[1])))
        return cls(mean, np.ascontiguousarray(kept @ turn.astype(np.float32)))

    def rows(self, vectors: Array) -> Array:
        """Shape (len(vectors), KEPT), each of length 1."""
        return _of_length_one(self._centered(vectors) @ self._directions)

    def _centered(self, vectors: Array) -> Array:
        layers = np.split(vectors - self._mean, len(LAYERS), axis=1)
        return np.concatenate([_of_length_one(rows) * weight for rows, weight in zip(layers, LAYERS.values())], axis=1)


def in_integers(rows: Array, largest: int) -> tuple[np.ndarray[Any, np.dtype[np.int8]], Array]:
    """Rows as integers up to ``largest``, and for each the scale, shape (rows, 1), that gives the numbers back."""
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / largest
    return np.rint(rows / scale).astype(np.int8), scale.astype(np.float32)


def _of_length_one(rows: Array) -> Array:
    """Each row at length 1, one of zeros as it is (as scikit-learn's normalize, whose checks cost more than this)."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    unit: Array = rows / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    return unit


_LETTERS = TfidfVectorizer(
    analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, max_features=20000, dtype=np.float32
)
_WORDS = TfidfVectorizer(
    ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"(?u)\b\w+\b", dtype=np.float32
)
_ANALYZERS = tuple(vectorizer.build_analyzer() for vectorizer in (_LETTERS, _WORDS))


@lru_cache(maxsize=64)  # the sentences of one message: what visitors wrote is not kept longer than it is looked at
def _counted(text: str) -> tuple[Counter[str], ...]:
    """How often each group of letters and each word stands in a text: the same for every head."""
    return tuple(Counter(analyze(text)) for analyze in _ANALYZERS)


class Spelling:
    """tf-idf rows of length 1 over words (one and two) and groups of 3 to 5 letters.

    scikit-learn learns the weights. A text's own row is made here as its ``transform`` would (a test compares them),
    without its checks of matrices, which for one sentence cost many times what there is to compute.
    """

    def __init__(self, places: tuple[dict[str, int], ...], weights: Array) -> None:
        self._places = places
        self._weights = weights

    @classmethod
    def fit(cls, texts: Sequence[str]) -> tuple[Spelling, scipy.sparse.csr_matrix]:
        """Learns the weights from texts, and gives the texts' rows, which are made on the way."""
        letters, words = clone(_LETTERS), clone(_WORDS)
        rows = normalize(scipy.sparse.hstack([letters.fit_transform(texts), words.fit_transform(texts)])).tocsr()
        first = len(letters.vocabulary_)
        behind = {word: first + int(place) for word, place in words.vocabulary_.items()}
        places = {group: int(place) for group, place in letters.vocabulary_.items()}, behind
        return cls(places, np.concatenate([letters.idf_, words.idf_])), rows

    def row(self, text: str) -> tuple[np.ndarray[Any, np.dtype[np.intp]], Array]:
        """A text's row: the places that are not 0, and the weights there; both empty when nothing of it is known."""
        kinds = []
        for counts, places in zip(_counted(text), self._places):
            known = [(places[group], count) for group, count in counts.items() if group in places]
            if known:
                place, count = np.array(known, dtype=np.intp).T
                weight = (1.0 + np.log(count)) * self._weights[place]
                kinds.append((place, weight / np.sqrt(weight @ weight)))
        if not kinds:
            return np.zeros(0, np.intp), np.zeros(0, np.float32)
        both = np.concatenate([weight for _, weight in kinds]) / np.sqrt(len(kinds))
        return np.concatenate([place for place, _ in kinds]), both.astype(np.float32)

    def scores(self, texts: Sequence[str], said: Array) -> Array:
        """What the spelling of texts says.

        Args:
            texts: any number.
            said: (vocabulary, intents) what each word and group of letters says.

        Returns:
            shape (len(texts), intents).
        """
        rows = (self.row(text) for text in texts)
        return np.stack([weight @ said[place] for place, weight in rows])


class Comparison:
    """Rows of meaning against those of all training sentences (:mod:`nlu.head_graph`)."""

    def __init__(self, graph: bytes) -> None:
        self._graph = graph
        self._session = session(graph)

    def scores(self, rows: Array) -> Array:
        """What their closeness says of rows of :class:`Meaning`: shape (len(rows), intents)."""
        integers, scale = in_integers(rows, LARGEST_ASKED)
        asked = (integers.astype(np.int16) + ZERO).astype(np.uint8)
        said: Array = self._session.run(["said"], {"asked": asked, "scale": scale})[0]
        return said

    def __reduce__(self) -> tuple[type[Comparison], tuple[bytes]]:
        """Stored by its graph: a session cannot be."""
        return Comparison, (self._graph,)


class Head:
    """A trained head.

    Args:
        intents: names, in the order of the scores.
        meaning: the fitted features of meaning.
        spelling: the fitted features of spelling.
        said_by_meaning: what the closeness of meaning to the training sentences says.
        said_by_spelling: (vocabulary, intents) what each word and group of letters says: the closeness of spelling is
            a plain product, so the examples' rows and weights are multiplied once, in training.
        settings: as trained with.
    """

    def __init__(
        self,
        intents: list[str],
        meaning: Meaning,
        spelling: Spelling,
        said_by_meaning: Comparison,
        said_by_spelling: Array,
        settings: HeadSettings,
    ) -> None:
        self.intents = intents
        self._meaning = meaning
        self._spelling = spelling
        self._said_by_meaning = said_by_meaning
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
        integers, scale = in_integers(meaning.rows(vectors), LARGEST)
        meanings: Array = integers * scale  # as they will be compared with
        spelling, spellings = Spelling.fit(texts)
        spellings *= np.float32(np.sqrt(settings.spelling))
        targets = np.eye(len(intents), dtype=np.float32)[index]
        say = (np.median(counts) / counts[index]) ** settings.balance
        closeness = _closeness(meanings, meanings, settings)
        weights = _solve(closeness, spellings, (settings.ridge / say).astype(np.float32), targets)
        said_by_spelling = (spellings.T @ weights) * np.float32(np.sqrt(settings.spelling))
        from nlu.head_graph import head_graph  # with onnx, which only training needs

        said_by_meaning = Comparison(head_graph(integers, scale, weights, settings.gamma))
        return cls(intents.tolist(), meaning, spelling, said_by_meaning, said_by_spelling, settings)

    def probabilities(self, texts: Sequence[str], vectors: Array) -> Array:
        """How likely each intent is.

        Args:
            texts: any number of sentences.
            vectors: shape (len(texts), DIMENSIONS), the encoder's.

        Returns:
            shape (len(texts), len(self.intents)); each row sums to 1.
        """
        scores = self._said_by_meaning.scores(self._meaning.rows(vectors))
        scores += self._spelling.scores(texts, self._said_by_spelling)
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
