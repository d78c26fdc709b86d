"""The encoder as a graph for onnxruntime, made from the published float weights of all-MiniLM-L6-v2.

The model is BERT (Devlin et al., 2019), 6 layers of 384; the graph names its steps by onnxruntime's fused operators.
The matrices of the layers become 8-bit integers, a scale for each column; what is multiplied with them is brought to
8 bits when it is known ("dynamic quantisation", onnxruntime's guide "Quantize ONNX models"). Weights keep to 7 of the
8 bits: with all 8, processors without the VNNI instructions would overflow and give other vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

Weights = dict[str, np.ndarray[Any, np.dtype[np.float32]]]

#: Layers, attention heads and width of the published model.
DEPTH, HEADS, WIDTH = 6, 12, 384
#: Domain of onnxruntime's own operators.
FUSED = "com.microsoft"
#: The largest integer that stands for a weight.
LARGEST = 63
#: Added to a variance before its root is taken (the published configuration).
EPSILON = 1e-12


def encoder_graph(weights: Weights, layers: dict[int, float]) -> bytes:
    """The model in ONNX's file format.

    Input: ``input_ids``, int32, the word pieces of one text, shape (1, word pieces). Output: ``vector``, float32, shape
    (1, WIDTH * len(layers)): of each wanted layer the mean over the word pieces, brought to the layer's length, one
    after the other. One text at a time, for the range that is brought to 8 bits is that of everything computed
    together: among others a text would get a vector that depends on them.

    Args:
        weights: the published ones, by their published names.
        layers: the wanted layers, counted from 1, in the order of the vector, and the length of each one's part.

    Raises:
        KeyError: a weight is missing.
    """
    return bytes(_Graph(weights).model(layers).SerializeToString())


class _Graph:
    """Nodes and constants, gathered in the order of the computation; each step gives the name of its result."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self, layers: dict[int, float]) -> ModelProto:
        """The whole encoder."""
        rows = self._embeddings()
        means = {}
        for number in range(DEPTH):
            rows = self._layer(f"encoder.layer.{number}", rows)
            if number + 1 in layers:
                means[number + 1] = self._node("ReduceMean", [rows], axes=[1], keepdims=0)
        parts = [self._of_length(means[number], length) for number, length in layers.items()]
        self._node("Concat", parts, result="vector", axis=1)
        text = helper.make_tensor_value_info("input_ids", TensorProto.INT32, [1, "pieces"])
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH * len(layers)])
        graph: GraphProto = helper.make_graph(self._nodes, "encoder", [text], [vector], self._constants)
        domains = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=domains, ir_version=8)
        checker.check_model(model)
        return model

    def _embeddings(self) -> str:
        words = self._constant("embeddings.word_embeddings.weight")
        # Every text is one piece of writing: the type of each word piece is 0, and is added to its position.
        positions = self._weights["embeddings.position_embeddings.weight"]
        places = self._keep("places", positions + self._weights["embeddings.token_type_embeddings.weight"][0])
        length = self._node("Gather", [self._node("Shape", ["input_ids"]), self._keep("second", np.array([1]))], axis=0)
        here = self._node(
            "Slice", [places, self._keep("first", np.array([0])), length, self._keep("rows", np.array([0]))]
        )
        summed = self._node("Add", [self._node("Gather", [words, "input_ids"]), here])
        norm = self._norm("embeddings.LayerNorm")
        return self._node("LayerNormalization", [summed, *norm], axis=-1, epsilon=EPSILON)

    def _of_length(self, row: str, length: float) -> str:
        unit = self._node("LpNormalization", [row], axis=1, p=2)
        return self._node("Mul", [unit, self._keep(f"{row}.length", np.array([length], dtype=np.float32))])

    def _layer(self, name: str, rows: str) -> str:
        mixed = self._attention(f"{name}.attention.self", rows)
        attended = self._linear(f"{name}.attention.output.dense", mixed)
        rows = self._residual(f"{name}.attention.output.LayerNorm", attended, rows)
        inner = self._node("Gelu", [self._linear(f"{name}.intermediate.dense", rows)], FUSED)
        return self._residual(f"{name}.output.LayerNorm", self._linear(f"{name}.output.dense", inner), rows)

    def _attention(self, name: str, rows: str) -> str:
        parts = [self._weights[f"{name}.{part}.weight"].T for part in ("query", "key", "value")]
        matrix, scale, zero = self._quantised(name, np.concatenate(parts, axis=1))
        bias = np.concatenate([self._weights[f"{name}.{part}.bias"] for part in ("query", "key", "value")])
        small, its_scale, its_zero = f"{name}.small", f"{name}.small_scale", f"{name}.small_zero"
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [rows], [small, its_scale, its_zero]))
        operands = [small, matrix, self._keep(f"{name}.bias", bias), its_scale, scale, "", its_zero, zero]
        return self._node("QAttention", operands, FUSED, num_heads=HEADS)

    def _linear(self, name: str, rows: str) -> str:
        matrix, scale, zero = self._quantised(name, self._weights[f"{name}.weight"].T)
        return self._node("DynamicQuantizeMatMul", [rows, matrix, scale, zero, self._constant(f"{name}.bias")], FUSED)

    def _residual(self, name: str, rows: str, skipped: str) -> str:
        return self._node("SkipLayerNormalization", [rows, skipped, *self._norm(name)], FUSED, epsilon=EPSILON)

    def _norm(self, name: str) -> tuple[str, str]:
        return self._constant(f"{name}.weight"), self._constant(f"{name}.bias")

    def _quantised(self, name: str, matrix: np.ndarray[Any, Any]) -> tuple[str, str, str]:
        """A matrix as integers, a scale for each column, and the integer that stands for zero: always 0."""
        scale = np.abs(matrix).max(axis=0) / LARGEST
        integers = np.rint(matrix / scale).astype(np.int8)
        return (
            self._keep(f"{name}.integers", integers),
            self._keep(f"{name}.scale", scale.astype(np.float32)),
            self._keep(f"{name}.zero", np.zeros(len(scale), dtype=np.int8)),
        )

    def _constant(self, name: str) -> str:
        return self._keep(name, self._weights[name])

    def _keep(self, name: str, value: np.ndarray[Any, Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(
        self, operator: str, operands: list[str], domain: str = "", result: str | None = None, **attributes: Any
    ) -> str:
        name = result or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, operands, [name], domain=domain, **attributes))
        return name
