"""Makes small Smart Turn networks with random weights, and what onnxruntime computes with them.

    pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
    python make_small.py

The graph repeats what is particular about the published file `smart-turn-v3.2-cpu.onnx`: weights of 8 bits with a scale a
column and `DequantizeLinear`; pairs of `QuantizeLinear` and `DequantizeLinear` around activations; biases of 32 bits beside
convolutions and `Gemm`; keys without bias, projected before queries; attention whose queries and keys are scaled by the
fourth root; gelu in five operations; extents by `Shape`, `Gather`, `Slice` and `Concat`. `int8.onnx` has all of it,
`float.onnx` has the weights before they were rounded. Expected probabilities are those of the same graphs without the
pairs around activations.
"""

import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from features import exact_session, features, read

HERE = pathlib.Path(__file__).parent
POSITIONS, WIDTH, HEADS, LAYERS, MLP, POOL, CLASSIFIER = 100, 48, 3, 2, 96, 20, (24, 12)
MELS = 80


class Graph:
    def __init__(self, quantises_weights, quantises_activations, seed=7):
        self.nodes, self.tensors, self.counter = [], [], 0
        self.quantises_weights, self.quantises_activations = quantises_weights, quantises_activations
        self.random = np.random.default_rng(seed)

    def name(self):
        self.counter += 1
        return f"val_{self.counter}"

    def op(self, kind, *inputs, **attributes):
        output = self.name()
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def store(self, array, name=None, raw=True):
        name = name or self.name()
        array = np.asarray(array)
        if raw:
            self.tensors.append(numpy_helper.from_array(array, name))
        else:
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            self.tensors.append(helper.make_tensor(name, kind, array.shape, array.flatten().tolist()))
        return name

    def activation(self, name, low=-8.0, high=8.0):
        """Rounds a value to 8 bits, in the file only."""
        if not self.quantises_activations:
            return name
        scale = (high - low) / 255
        scale_name = self.store(np.float32(scale), raw=False)
        zero_name = self.store(np.uint8(round(-low / scale)), raw=False)
        return self.op("DequantizeLinear", self.op("QuantizeLinear", name, scale_name, zero_name), scale_name, zero_name)

    def weight(self, array, axis, name=None):
        """A stored weight, rounded to 8 bits with a scale for each index of `axis`."""
        array = array.astype(np.float32)
        if not self.quantises_weights:
            return self.store(array, name)
        others = tuple(i for i in range(array.ndim) if i != axis)
        scales = np.maximum(np.abs(array).max(others), 1e-8).astype(np.float32) / 127
        shape = [-1 if i == axis else 1 for i in range(array.ndim)]
        rounded = np.clip(np.rint(array / scales.reshape(shape)), -127, 127).astype(np.int8)
        return self.op(
            "DequantizeLinear", self.store(rounded), self.store(scales, raw=False),
            self.store(np.zeros(len(scales), np.int8), raw=False), axis=axis)

    def bias(self, count, name, rounded=False, offset=0.0):
        array = self.random.standard_normal(count).astype(np.float32) * 0.2 + np.float32(offset)
        if not (rounded and self.quantises_weights):
            return self.store(array, name)
        scales = np.full(count, 2.0**-12, np.float32)
        # A single element has a zero point without extents, and no axis.
        zeros = np.zeros(count if count > 1 else (), np.int32)
        axis = {"axis": 0} if count > 1 else {}
        return self.op(
            "DequantizeLinear", self.store(np.rint(array / scales).astype(np.int32)), self.store(scales),
            self.store(zeros, raw=count > 1), **axis)

    def matrix(self, rows, columns, gain=1.0):
        return self.random.standard_normal((rows, columns)) * gain / np.sqrt(rows)

    # Layers

    def linear(self, x, rows, columns, bias=None, gain=1.0):
        product = self.activation(self.op("MatMul", x, self.weight(self.matrix(rows, columns, gain), 1)))
        return self.op("Add", product, self.bias(columns, bias)) if bias else product

    def gemm(self, x, rows, columns, name, gain=1.0, offset=0.0):
        weight = self.weight(self.matrix(columns, rows, gain * np.sqrt(columns / rows)), 0)
        bias = self.bias(columns, f"{name}.bias", rounded=True, offset=offset)
        return self.activation(self.op("Gemm", x, weight, bias, alpha=1.0, beta=1.0, transB=1, transA=0))

    def norm(self, x, name, width=WIDTH):
        weight = self.store((1 + 0.2 * self.random.standard_normal(width)).astype(np.float32), f"{name}.weight")
        bias = self.bias(width, f"{name}.bias")
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-5, stash_type=1)

    def gelu(self, x):
        erf = self.op("Erf", self.op("Div", x, self.root_two))
        return self.op("Mul", x, self.op("Mul", self.half, self.op("Add", erf, self.one)))

    def integers(self, *values):
        return self.store(np.array(values, np.int64))

    def build(self):
        self.root_two = self.store(np.float32(np.sqrt(2)))
        self.half, self.one = self.store(np.float32(0.5)), self.store(np.float32(1))
        head_width = WIDTH // HEADS
        x = self.activation("input_features", -2, 2)
        batch = self.op("Shape", x, start=0, end=1)
        width = WIDTH
        for index, (count, stride) in enumerate([(MELS, 1), (WIDTH, 2)]):
            weight = self.random.standard_normal((WIDTH, count, 3)) * 1.5 / np.sqrt(3 * count)
            name = f"inner.encoder.conv{index + 1}"
            x = self.op(
                "Conv", x, self.weight(weight, 0), self.bias(WIDTH, f"{name}.bias", rounded=True), pads=[1, 1],
                strides=[stride], dilations=[1], group=1, auto_pad="NOTSET")
            x = self.gelu(self.activation(x))
            if index == 0:
                x = self.activation(x)
        x = self.op("Transpose", x, perm=[0, 2, 1])
        positions = self.random.standard_normal((POSITIONS, WIDTH)).astype(np.float32) * 0.3
        x = self.op("Add", x, self.store(positions, "inner.encoder.embed_positions.weight"))
        root = self.store(np.array([head_width**-0.25], np.float32))
        for layer in range(LAYERS):
            x = self.block(x, f"inner.encoder.layers.{layer}", batch, root, head_width)
        x = self.activation(self.norm(x, "inner.encoder.layer_norm"))
        tanh = self.activation(self.op("Tanh", self.linear(x, width, POOL, "inner.pool_attention.0.bias")), -1, 1)
        scores = self.linear(tanh, POOL, 1, "inner.pool_attention.2.bias", gain=4)
        shares = self.op("Softmax", scores, axis=1)
        x = self.op("ReduceSum", self.op("Mul", x, shares), self.integers(1), keepdims=0, noop_with_empty_axes=0)
        x = self.gemm(self.activation(x), width, CLASSIFIER[0], "inner.classifier.0", gain=1.5)
        x = self.activation(self.gelu(self.norm(x, "inner.classifier.1", CLASSIFIER[0])))
        x = self.activation(self.gelu(self.gemm(x, CLASSIFIER[0], CLASSIFIER[1], "inner.classifier.4", gain=2)))
        # Probabilities on both sides of one half.
        x = self.gemm(x, CLASSIFIER[1], 1, "inner.classifier.6", gain=14, offset=6)
        self.nodes.append(helper.make_node("Sigmoid", [x], ["logits"]))
        graph = helper.make_graph(
            self.nodes, "main_graph",
            [helper.make_tensor_value_info("input_features", TensorProto.FLOAT, ["s6", MELS, 2 * POSITIONS])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["s6", 1])], self.tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
        onnx.checker.check_model(model)
        return model

    def block(self, x, name, batch, root, head_width):
        normed = self.activation(self.norm(x, f"{name}.self_attn_layer_norm"))
        rest = self.integers(-1)
        shape = self.op("Concat", batch, rest, self.integers(HEADS), self.integers(head_width), axis=0)
        # The published file projects keys first.
        keys = self.op("Reshape", self.linear(normed, WIDTH, WIDTH), shape, allowzero=1)
        queries = self.op(
            "Reshape", self.linear(normed, WIDTH, WIDTH, f"{name}.self_attn.q_proj.bias"), shape, allowzero=1)
        values = self.op(
            "Reshape", self.linear(normed, WIDTH, WIDTH, f"{name}.self_attn.v_proj.bias"), shape, allowzero=1)
        extents = self.op("Gather", self.op("Shape", keys, start=0), self.integers(0, 2, 1, 3), axis=0)
        length = self.op("Slice", extents, self.integers(2), self.integers(3))
        inner = self.op("Slice", extents, self.integers(3), self.integers(4))
        outer = self.op("Slice", extents, self.integers(0), self.integers(2))
        queries = self.op("Mul", self.op("Transpose", queries, perm=[0, 2, 1, 3]), root)
        keys = self.op("Transpose", keys, perm=[0, 2, 1, 3])
        keys = self.op("Reshape", keys, self.op("Concat", rest, length, inner, axis=0), allowzero=0)
        keys = self.op("Transpose", keys, perm=[0, 2, 1])
        keys = self.op("Reshape", keys, self.op("Concat", outer, inner, length, axis=0), allowzero=0)
        keys = self.op("Mul", keys, root)
        values = self.activation(self.op("Transpose", values, perm=[0, 2, 1, 3]))
        scores = self.activation(self.op("MatMul", self.activation(queries), self.activation(keys)))
        shares = self.activation(self.op("Softmax", scores, axis=-1), 0, 1)
        mixed = self.activation(self.op("MatMul", shares, values))
        mixed = self.op("Transpose", mixed, perm=[0, 2, 1, 3])
        mixed = self.op(
            "Reshape", mixed, self.op("Concat", batch, rest, self.integers(WIDTH), axis=0), allowzero=1)
        x = self.op(
            "Add", x, self.linear(self.activation(mixed), WIDTH, WIDTH, f"{name}.self_attn.out_proj.bias"))
        normed = self.activation(self.norm(x, f"{name}.final_layer_norm"))
        inner = self.activation(self.gelu(self.linear(normed, WIDTH, MLP, f"{name}.fc1.bias")))
        return self.op("Add", x, self.linear(inner, MLP, WIDTH, f"{name}.fc2.bias"))


def clips():
    """Ends and lengths in a recording of 20 s: longer than the context, as long, and shorter."""
    random = np.random.default_rng(3)
    for index in range(60):
        length = int([5, 32, 20, 0.7][index % 4] * 1000 * (1 + index % 7 / 7)) + index
        end = int(random.integers(60_000, 320_000))
        yield end - length, end


def main():
    samples = read(HERE.parent / "vad/vad_20s_16k.wav")
    golden = {}
    for name, rounded in [("int8", True), ("float", False)]:
        onnx.save(Graph(rounded, rounded).build(), HERE / f"{name}.onnx")
        session = exact_session(Graph(rounded, False).build())
        golden[name] = [
            {"start": start, "end": end, "probability": round(float(session.run(
                None, {"input_features": features(samples[start:end], 2 * POSITIONS)})[0][0, 0]), 7)}
            for start, end in clips()]
        found = [clip["probability"] for clip in golden[name]]
        print(name, min(found), np.median(found), max(found))
    (HERE / "golden.json").write_text(json.dumps(golden, indent=0) + "\n")


main()
