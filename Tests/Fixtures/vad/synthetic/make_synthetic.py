"""Makes two ONNX files with the graphs of Silero's version 4 and version 5, small and with random weights, the 16 kHz half
of the second in safetensors, and what onnxruntime computes with them.

    pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
    python make_synthetic.py

The graphs repeat what is particular about the published files: a branch for each sample rate; weights as initialisers of the
graph, of branches (version 4) or as Constant nodes (version 5); recurrent layers inside further branches, twice; gates
rearranged by Slice and Concat (version 5); names that mean nothing.
"""

import json
import pathlib
import wave

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(20)
# Large enough for probabilities that differ from window to window.
GAIN = 2.6


def random(*shape, scale=None):
    fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else shape[0]
    return (rng.standard_normal(shape) * (scale or GAIN / np.sqrt(fan_in))).astype(np.float32)


def fourier_basis(length):
    """Windowed cosines, then sines: [2 · bins, 1, length]."""
    n = np.arange(length)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / length)
    phase = 2 * np.pi * np.outer(np.arange(length // 2 + 1), n) / length
    return (np.concatenate([np.cos(phase), -np.sin(phase)]) * window)[:, None].astype(np.float32)


class Graph:
    """Nodes and tensors of one (sub)graph, with fresh names."""

    counter = 100

    def __init__(self):
        self.nodes, self.initializers = [], []

    def name(self):
        Graph.counter += 1
        return str(Graph.counter)

    def op(self, kind, *inputs, count=1, **attributes):
        outputs = [self.name() for _ in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs[0] if count == 1 else outputs

    def store(self, array, constant=False):
        """As an initialiser, or as the value of a Constant node; integers as they are."""
        name = self.name()
        array = np.asarray(array)
        if constant:
            # Not as raw bytes: the reader has to understand both.
            tensor = helper.make_tensor("", helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.flatten())
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def ints(self, *values, constant=False):
        return self.store(np.array(values, dtype=np.int64), constant)

    def build(self, outputs, inputs=(), flat=(), name="g"):
        # A probability comes out as [batch, 1], everything else with three extents.
        outputs = [
            helper.make_tensor_value_info(o, TensorProto.FLOAT, [None] * (2 if o in flat else 3)) for o in outputs
        ]
        return helper.make_graph(self.nodes, name, list(inputs), outputs, self.initializers)

    def branch(self, condition, then_graph, else_graph, count=1):
        return self.op("If", condition, count=count, then_branch=then_graph, else_branch=else_graph)


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def save(graph, file):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / file)


def save_safetensors(tensors, file):
    header, data = {}, b""
    for name, array in tensors.items():
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": offsets}
        data += array.astype("<f4").tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (HERE / file).write_bytes(len(text).to_bytes(8, "little") + text + data)


# --- version 4 ------------------------------------------------------------------------------------------------------

V4_WIDTHS = [(12, True, 8), (12, True, 12), (12, False, 12), (20, True, 16)]
V4_HIDDEN = 16


def v4_network(outer, strides):
    """The network of one sample rate; most weights go to the graph around it, as the exporter puts them."""
    g = Graph()
    x = g.op("Unsqueeze", "input", g.ints(1))
    x = g.op("Pad", x, g.ints(0, 0, 96, 0, 0, 96), mode="reflect")
    spectrum = g.op("Conv", x, outer.store(fourier_basis(256)), strides=[64], kernel_shape=[256], pads=[0, 0])
    parts = []
    for start, end in [(129, 2**63 - 1), (0, 129)]:
        part = g.op("Slice", spectrum, g.ints(start), g.ints(end), g.ints(1), g.ints(1))
        parts.append(g.op("Pow", part, g.store(np.float32(2))))
    magnitude = g.op("Sqrt", g.op("Add", parts[1], parts[0]))
    product = g.op("Mul", magnitude, g.store(np.float32(2**20)))
    loudness = g.op("Log", g.op("Add", g.store(np.float32(1)), product))
    mean = g.op("ReduceMean", loudness, axes=[1], keepdims=1)
    # Mirrored by three frames on either side.
    last, backwards = g.ints(-(2**63) + 1), g.ints(-1)
    right = g.op("Slice", mean, g.ints(-4), g.ints(-1), g.ints(2), g.ints(1))
    right = g.op("Slice", right, g.ints(-1), last, g.ints(2), backwards)
    left = g.op("Slice", mean, g.ints(1), g.ints(4), g.ints(2), g.ints(1))
    left = g.op("Slice", left, g.ints(-1), last, g.ints(2), backwards)
    taps = np.exp(-0.5 * (np.arange(7) - 3) ** 2 / 2.0)
    taps = (taps / taps.sum()).astype(np.float32)[None, None]
    smooth = g.op("Conv", g.op("Concat", left, mean, right, axis=2), outer.store(taps), kernel_shape=[7], pads=[0, 0])
    norm = g.op("Add", loudness, g.op("Neg", g.op("ReduceMean", smooth, axes=[-1], keepdims=1)))
    x, width = g.op("Concat", magnitude, norm, axis=1), 258

    def pointwise(x, width, out, stride=1, scale=None):
        weight = outer.store(random(out, width, 1, scale=scale))
        return g.op("Conv", x, weight, outer.store(random(out, scale=0.1)), kernel_shape=[1], strides=[stride], pads=[0, 0], group=1)

    for (mixed, projects, out), stride in zip(V4_WIDTHS, strides):
        weight, bias = outer.store(random(width, 1, 5)), outer.store(random(width, scale=0.1))
        y = g.op("Conv", x, weight, bias, kernel_shape=[5], strides=[1], pads=[2, 2], group=width, dilations=[1])
        y = pointwise(g.op("Relu", y), width, mixed)
        y = g.op("Relu", g.op("Add", y, pointwise(x, width, mixed) if projects else x))
        x, width = g.op("Relu", pointwise(y, mixed, out, stride)), out

    steps = g.op("Transpose", x, perm=[2, 0, 1])
    weights = [(random(1, 4 * V4_HIDDEN, width), random(1, 4 * V4_HIDDEN, V4_HIDDEN), random(1, 8 * V4_HIDDEN, scale=0.2)),
               (random(1, 4 * V4_HIDDEN, V4_HIDDEN), random(1, 4 * V4_HIDDEN, V4_HIDDEN), random(1, 8 * V4_HIDDEN, scale=0.2))]

    def recurrence(from_state):
        b = Graph()
        rows, hidden, cells = steps, [], []
        zeros = None if from_state else b.store(np.zeros((1, 1, V4_HIDDEN), np.float32))
        for layer, (w, r, bias) in enumerate(weights):
            h = b.op("Slice", "h", b.ints(layer), b.ints(layer + 1), b.ints(0)) if from_state else zeros
            c = b.op("Slice", "c", b.ints(layer), b.ints(layer + 1), b.ints(0)) if from_state else zeros
            y, hn, cn = b.op("LSTM", rows, b.store(w), b.store(r), b.store(bias), "", h, c, count=3, hidden_size=V4_HIDDEN)
            rows = b.op("Squeeze", y, b.ints(1))
            hidden.append(hn)
            cells.append(cn)
        return b.build([b.op("Transpose", rows, perm=[1, 0, 2]), b.op("Concat", *hidden, axis=0), b.op("Concat", *cells, axis=0)])

    known = g.op("Cast", g.op("Squeeze", g.op("Gather", g.op("Shape", "h"), g.ints(0), axis=0), g.ints(0)), to=TensorProto.BOOL)
    rows, hn, cn = g.branch(known, recurrence(True), recurrence(False), count=3)
    y = g.op("Relu", g.op("Transpose", rows, perm=[0, 2, 1]))
    y = g.op("Sigmoid", pointwise(y, V4_HIDDEN, 1, scale=1.5))
    y = g.op("ReduceMean", y, axes=[1], keepdims=0)
    y = g.op("Unsqueeze", g.op("ReduceMean", y, axes=[1], keepdims=0), g.ints(1))
    return g.build([y, hn, cn], flat=[y])


def make_v4():
    g = Graph()
    # Made before the branches, so that their weights are in the graph around them.
    high, low = v4_network(g, [2, 2, 2, 1]), v4_network(g, [2, 2, 1, 1])
    condition = g.op("Cast", g.op("Equal", "sr", g.store(np.int64(16000))), to=TensorProto.BOOL)
    g.nodes.append(helper.make_node("If", [condition], ["output", "hn", "cn"], then_branch=high, else_branch=low))
    state = [2, "batch", V4_HIDDEN]
    inputs = [value("input", TensorProto.FLOAT, ["batch", "sequence"]), value("sr", TensorProto.INT64, []),
              value("h", TensorProto.FLOAT, state), value("c", TensorProto.FLOAT, state)]
    save(g.build(["output", "hn", "cn"], inputs, flat=["output"]), "v4.onnx")


# --- version 5 ------------------------------------------------------------------------------------------------------

V5_WIDTHS = [16, 8, 12, 16]


def v5_network(length):
    g = Graph()
    hidden = V5_WIDTHS[-1]
    store = lambda array: g.store(array, constant=True)
    ints = lambda *values: g.ints(*values, constant=True)
    basis = store(fourier_basis(length))
    bins, layers, width = length // 2 + 1, [], length // 2 + 1
    for out in V5_WIDTHS:
        layers.append((store(random(out, width, 3)), store(random(out, scale=0.1))))
        width = out
    weight_ih, weight_hh = store(random(4 * hidden, hidden)), store(random(4 * hidden, hidden))
    bias_ih, bias_hh = store(random(4 * hidden, scale=0.2)), store(random(4 * hidden, scale=0.2))
    head = store(random(1, hidden, 1, scale=1.5)), store(random(1, scale=0.1))
    if length == 256:
        names = ["stft_conv.weight"] + [f"conv{i + 1}.{part}" for i in range(4) for part in ("weight", "bias")]
        names += [f"lstm_cell.{part}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        names += ["final_conv.weight", "final_conv.bias"]
        stored = [basis, *sum(layers, ()), weight_ih, weight_hh, bias_ih, bias_hh, *head]
        by_name = {node.output[0]: node.attribute[0].t for node in g.nodes}
        save_safetensors({name: numpy_helper.to_array(by_name[key]) for name, key in zip(names, stored)}, "v5_16k.safetensors")
    x = g.op("Pad", "input", ints(0, 0, 0, length // 4), mode="reflect")
    x = g.op("Conv", g.op("Unsqueeze", x, ints(1)), basis, strides=[length // 2], kernel_shape=[length], pads=[0, 0])
    real = g.op("Slice", x, ints(0), ints(bins), ints(1), ints(1))
    imaginary = g.op("Slice", x, ints(bins), ints(2**63 - 1), ints(1), ints(1))
    squares = [g.op("Pow", part, store(np.float32(2))) for part in (real, imaginary)]
    x = g.op("Sqrt", g.op("Add", *squares))
    for (weight, bias), stride in zip(layers, [1, 2, 2, 1]):
        x = g.op("Conv", x, weight, bias, strides=[stride], kernel_shape=[3], pads=[1, 1], group=1, dilations=[1])
        x = g.op("Relu", x)
    row = g.op("Squeeze", x, ints(2))

    def recurrence(from_state):
        b = Graph()
        ints = lambda *values: b.ints(*values, constant=True)

        def rearranged(name):
            # PyTorch's i, f, g, o to ONNX's i, o, f, g.
            parts = [(0, hidden), (3 * hidden, 4 * hidden), (hidden, 3 * hidden)]
            return b.op("Concat", *[b.op("Slice", name, ints(s), ints(e), ints(0)) for s, e in parts], axis=0)

        w, r = (b.op("Unsqueeze", rearranged(name), ints(0)) for name in (weight_ih, weight_hh))
        bias = b.op("Unsqueeze", b.op("Concat", rearranged(bias_ih), rearranged(bias_hh), axis=0), ints(0))
        if from_state:
            h, c = (b.op("Unsqueeze", b.op("Gather", "state", b.store(np.int64(i), constant=True), axis=0), ints(0)) for i in (0, 1))
        else:
            h = c = b.store(np.zeros((1, 1, hidden), np.float32), constant=True)
        _, hn, cn = b.op("LSTM", b.op("Unsqueeze", row, ints(0)), w, r, bias, "", h, c, count=3, hidden_size=hidden)
        return b.build([b.op("Identity", hn), b.op("Identity", cn)])

    known = g.op("Squeeze", g.op("Gather", g.op("Shape", "state"), ints(0), axis=0), ints(0))
    hn, cn = g.branch(g.op("Cast", known, to=TensorProto.BOOL), recurrence(True), recurrence(False), count=2)
    y = g.op("Relu", g.op("Transpose", hn, perm=[1, 2, 0]))
    y = g.op("Sigmoid", g.op("Conv", y, *head, kernel_shape=[1], strides=[1], pads=[0, 0], group=1))
    y = g.op("Unsqueeze", g.op("ReduceMean", g.op("Squeeze", y, ints(1)), axes=[1], keepdims=0), ints(1))
    return g.build([y, g.op("Concat", hn, cn, axis=0)], flat=[y])


def make_v5():
    g = Graph()
    condition = g.op("Equal", "sr", g.store(np.int64(16000), constant=True))
    g.nodes.append(helper.make_node("If", [condition], ["output", "stateN"], then_branch=v5_network(256), else_branch=v5_network(128)))
    inputs = [value("input", TensorProto.FLOAT, ["batch", "samples"]), value("state", TensorProto.FLOAT, [2, "batch", V5_WIDTHS[-1]]),
              value("sr", TensorProto.INT64, [])]
    save(g.build(["output", "stateN"], inputs, flat=["output"]), "v5.onnx")


# --- what they compute ----------------------------------------------------------------------------------------------


def speech(seconds):
    with wave.open(str(HERE.parent / "vad_20s_16k.wav")) as file:
        samples = np.frombuffer(file.readframes(int(seconds * 16000)), "<i2")
    return samples.astype(np.float32) / 32768


def windows(samples, size):
    for start in range(0, len(samples), size):
        chunk = samples[start : start + size]
        yield np.pad(chunk, (0, size - len(chunk)))


def run_v4(session, samples, rate, size):
    h = c = np.zeros((2, 1, V4_HIDDEN), np.float32)
    probabilities = []
    for chunk in windows(samples, size):
        p, h, c = session.run(None, {"input": chunk[None], "sr": np.array(rate), "h": h, "c": c})
        probabilities.append(float(p[0, 0]))
    return dict(sampleRate=rate, window=size, sampleCount=len(samples), probabilities=probabilities,
                hidden=h.flatten().tolist(), cell=c.flatten().tolist())


def run_v5(session, samples, rate):
    size, context_size = (512, 64) if rate == 16000 else (256, 32)
    state, context = np.zeros((2, 1, V5_WIDTHS[-1]), np.float32), np.zeros(context_size, np.float32)
    probabilities = []
    for chunk in windows(samples, size):
        joined = np.concatenate([context, chunk])
        context = chunk[-context_size:]
        p, state = session.run(None, {"input": joined[None], "sr": np.array(rate), "state": state})
        probabilities.append(float(p[0, 0]))
    return dict(sampleRate=rate, window=size, sampleCount=len(samples), probabilities=probabilities,
                hidden=state[0].flatten().tolist(), cell=state[1].flatten().tolist())


def main():
    make_v4()
    make_v5()
    sessions = [onnxruntime.InferenceSession(str(HERE / file), providers=["CPUExecutionProvider"]) for file in ("v4.onnx", "v5.onnx")]
    loud = speech(3.21)
    # 8 kHz: every other sample, which is enough for a number to compare.
    high, low = loud, np.ascontiguousarray(loud[::2])
    golden = {
        "v4": [run_v4(sessions[0], high, 16000, size) for size in (512, 1024, 1536)]
        + [run_v4(sessions[0], low, 8000, size) for size in (256, 512, 768)],
        "v5": [run_v5(sessions[1], high, 16000), run_v5(sessions[1], low, 8000)],
    }
    (HERE / "golden.json").write_text(json.dumps(golden))
    for name, runs in golden.items():
        for run in runs:
            p = np.array(run["probabilities"])
            print(name, run["sampleRate"], run["window"], len(p), f"{p.min():.3f} {p.mean():.3f} {p.max():.3f} {p.std():.3f}")


main()
