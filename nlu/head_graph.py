"""What the closeness of meaning says, as a graph for onnxruntime: a sentence against every example in 8-bit integers.

In single precision the examples' rows are tens of megabytes that each message would read from memory; in integers they
are a quarter of it, and onnxruntime multiplies them ten times as fast (docs/decisions/intent-head.md). As in
:mod:`nlu.encoder_graph`, what is kept takes 7 of the 8 bits: with all of them, processors without the VNNI instructions
would overflow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from nlu.head import ZERO

_Array = np.ndarray[Any, np.dtype[Any]]


def head_graph(integers: _Array, scale: _Array, weights: _Array, gamma: float) -> bytes:
    """``exp(gamma * (cosine - 1)) @ weights`` in ONNX's file format.

    Inputs: ``asked``, uint8, (sentences, width), and ``scale``, float32, (sentences, 1), of
    :func:`nlu.head.in_integers` with :data:`nlu.head.ZERO` added. Output: ``said``, float32, (sentences, intents).

    Args:
        integers: int8, (examples, width), up to :data:`nlu.head.LARGEST`.
        scale: float32, (examples, 1).
        weights: float32, (examples, intents).
        gamma: see :class:`nlu.head.HeadSettings`.
    """
    kept = {
        "examples": np.ascontiguousarray(integers.T),
        "examples_scale": (scale.T * gamma).astype(np.float32),
        "zero": np.array(ZERO, np.uint8),
        "gamma": np.array(gamma, np.float32),
        "weights": weights,
    }
    steps = [
        ("MatMulInteger", ["asked", "examples", "zero"], "product"),
        ("Cast", ["product"], "number"),
        ("Mul", ["number", "scale"], "scaled"),
        ("Mul", ["scaled", "examples_scale"], "cosine"),
        ("Sub", ["cosine", "gamma"], "power"),
        ("Exp", ["power"], "closeness"),
        ("MatMul", ["closeness", "weights"], "said"),
    ]
    nodes = [
        helper.make_node(step, operands, [result], to=TensorProto.FLOAT)
        if step == "Cast"
        else helper.make_node(step, operands, [result])
        for step, operands, result in steps
    ]
    asked = helper.make_tensor_value_info("asked", TensorProto.UINT8, ["sentences", integers.shape[1]])
    its_scale = helper.make_tensor_value_info("scale", TensorProto.FLOAT, ["sentences", 1])
    said = helper.make_tensor_value_info("said", TensorProto.FLOAT, ["sentences", weights.shape[1]])
    constants = [numpy_helper.from_array(value, name) for name, value in kept.items()]
    graph = helper.make_graph(nodes, "head", [asked, its_scale], [said], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString())
