"""onnxruntime: Whisper small's encoder in float32 and int8, and windows of Silero's published files."""

import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import shapes as s


class Graph:
    """A graph in the making; every method returns the name of what it computes."""

    def __init__(self):
        self.nodes, self.weights, self.random = [], [], np.random.default_rng(0)

    def op(self, kind, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def noise(self, *shape):
        return self.constant(self.random.standard_normal(shape, dtype=np.float32) * 0.02)

    def linear(self, x, inputs, outputs):
        return self.op("Add", self.op("MatMul", x, self.noise(inputs, outputs)), self.noise(outputs))

    def norm(self, x):
        one, zero = (self.constant(np.full(s.ENCODER_WIDTH, v, np.float32)) for v in (1, 0))
        return self.op("LayerNormalization", x, one, zero, axis=-1)

    def heads(self, x, order):
        shape = self.constant(np.array([1, s.ENCODER_CONTEXT, s.ENCODER_HEADS, 64], np.int64))
        return self.op("Transpose", self.op("Reshape", x, shape), perm=order)

    def attention(self, x):
        width = s.ENCODER_WIDTH
        q, k, v = (
            self.heads(self.linear(x, width, width), order)
            for order in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        )
        scores = self.op("Mul", self.op("MatMul", q, k), self.constant(np.array(0.125, np.float32)))
        y = self.op("Transpose", self.op("MatMul", self.op("Softmax", scores, axis=-1), v), perm=[0, 2, 1, 3])
        dense = self.constant(np.array([1, s.ENCODER_CONTEXT, width], np.int64))
        return self.linear(self.op("Reshape", y, dense), width, width)

    def block(self, x):
        x = self.op("Add", x, self.attention(self.norm(x)))
        hidden = self.op("Gelu", self.linear(self.norm(x), s.ENCODER_WIDTH, 4 * s.ENCODER_WIDTH))
        return self.op("Add", x, self.linear(hidden, 4 * s.ENCODER_WIDTH, s.ENCODER_WIDTH))


def write_encoder(path):
    graph = Graph()
    x = "mel"
    for inputs, stride in ((s.MELS, 1), (s.ENCODER_WIDTH, 2)):
        kernel, bias = graph.noise(s.ENCODER_WIDTH, inputs, 3), graph.noise(s.ENCODER_WIDTH)
        x = graph.op("Gelu", graph.op("Conv", x, kernel, bias, pads=[1, 1], strides=[stride]))
    x = graph.op("Add", graph.op("Transpose", x, perm=[0, 2, 1]), graph.noise(s.ENCODER_CONTEXT, s.ENCODER_WIDTH))
    for _ in range(s.ENCODER_LAYERS):
        x = graph.block(x)
    x = graph.norm(x)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "encoder",
            [helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, s.MELS, 2 * s.ENCODER_CONTEXT])],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, s.ENCODER_CONTEXT, s.ENCODER_WIDTH])],
            graph.weights),
        opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def encoder(folder, kind, threads):
    """Seconds for 30 s of sound in float32 or int8, which is the package's dynamic quantisation."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path, small = (os.path.join(folder, f"encoder-{name}.onnx") for name in ("float32", "int8"))
    if not os.path.exists(path):
        write_encoder(path)
    if not os.path.exists(small):
        quantize_dynamic(path, small, op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8, per_channel=True)
    mel = np.random.default_rng(1).standard_normal((1, s.MELS, 2 * s.ENCODER_CONTEXT), dtype=np.float32)
    run = session(small if kind == "int8" else path, threads).run
    return s.median(lambda: run(None, {"mel": mel}), least_count=3)


def window(path, sample_count):
    """Seconds for one window of a Silero file at 16 kHz, on one thread."""
    vad = session(path, 1)
    names = {value.name: value for value in vad.get_inputs()}
    # Version 4 has two states, later ones one, and those are fed the end of the window before.
    extra = 0 if "h" in names else 64
    feed = {
        "input": np.random.default_rng(2).standard_normal((1, sample_count + extra), dtype=np.float32) * 0.1,
        "sr": np.array(16_000, np.int64),
    }
    for name in ("h", "c"):
        if name in names:
            feed[name] = np.zeros((2, 1, 64), np.float32)
    if "state" in names:
        feed["state"] = np.zeros((2, 1, 128), np.float32)
    return s.median(lambda: vad.run(None, feed), least_count=500, seconds=1)
