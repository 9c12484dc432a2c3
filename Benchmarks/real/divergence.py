"""How far the logits of packed weights are from those of floats, beside llama.cpp's quantiser, as a table.

    python divergence.py MODEL TOKENS.json [--packed FOLDER]... [--peer IN.gguf] [--states FILE] [--windows 32]

MODEL is what `qwen_floats.py` wrote, TOKENS.json what `texts.py` wrote, FOLDER what `omni quantize MODEL FOLDER` wrote.
With `--peer` the same floats are rounded by ggml's own quantiser to the types that IN.gguf has, a Q4_K_M for example:
llama.cpp chooses them by the shapes. Needs `gguf`, `numpy`, `torch`, `safetensors` and, for the peer, the libraries of
`llama-cpp-python` or `pywhispercpp`.

Everything is computed by PyTorch in 32-bit floats. Weights are those of the files. Activations are rounded to 8 bits in
blocks of 32 where our kernels do so, and not at all for the peer, whose kernels do so as well. Bytes are those of the
matrices. The divergence is the mean of KL(floats || rounded) over all positions but the last of a window, in nats.
With `--states` what the floats leave before the head is kept in a file for the next run: it takes as long as a row.
"""
import argparse
import ctypes
import json
import math
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F

LAYERS, HEADS, GROUPS, HEAD, WIDTH, TEXT_ROWS = 24, 14, 2, 64, 896, 151_936
QUERIES, KEYS = HEADS * HEAD, GROUPS * HEAD


# Weights. A model is a dictionary: for each matrix its floats and whether its inputs are rounded, and plain tensors.

def ungrouped(tensor):
    """Queries, keys and values from LitGPT's order into one after the other."""
    rows = HEADS // GROUPS * HEAD
    groups = tensor.split(rows + 2 * HEAD)
    return torch.cat([group[:rows] for group in groups] + [group[rows:rows + HEAD] for group in groups]
                     + [group[rows + HEAD:] for group in groups])


def published(folder):
    state = torch.load(folder / "lit_model.pth", mmap=True)
    model = {name: tensor for name, tensor in state.items() if name.startswith("transformer.h.") or "ln_f" in name}
    for name in list(model):
        if ".attn.attn." in name:
            model[name] = ungrouped(model[name])
    model["embedding"] = state["transformer.wte.weight"][:TEXT_ROWS]
    model["head"] = state["lm_head.weight"][:TEXT_ROWS]
    return model


def unpacked(data, precision, outputs, inputs):
    """The floats of a matrix in panels of 16 rows; see COmniKernels.h. Its bias follows and is not read here."""
    panels, steps = -(-outputs // 16), -(-inputs // 64)
    lines = {"int8": 16, "int4": 8}[precision]
    words = data[:panels * steps * (1 + lines) * 64].view("<u4").reshape(panels, steps, 1 + lines, 16)
    scales = numpy.stack([words[:, :, 0] << 16, words[:, :, 0] & 0xFFFF0000], 2).view("<f4")
    values = words[:, :, 1:]
    if precision == "int8":
        codes = numpy.stack([values >> 8 * c & 0xFF for c in range(4)], 3).astype(numpy.float32) - 128
    else:
        codes = numpy.stack([values >> (8 * (c % 4) + 4 * (c // 4)) & 0xF for c in range(8)], 3)
        codes = codes.astype(numpy.float32) - 8
    weight = codes.reshape(panels, steps, 2, 32, 16) * scales[:, :, :, None]
    weight = weight.transpose(0, 4, 1, 2, 3).reshape(panels * 16, steps * 64)
    return torch.from_numpy(numpy.ascontiguousarray(weight[:outputs, :inputs]))


def packed(folder, floats):
    """A packed model, which matrices have rounded inputs, and the bytes of its matrices."""
    data = numpy.memmap(folder / "lit_model.safetensors", numpy.uint8, "r")
    length = int(data[:8].view("<u8")[0])
    header = json.loads(bytes(data[8:8 + length]))
    metadata, model, count = header["__metadata__"], dict(floats), 0
    names = {"transformer.wte.weight.text": "embedding", "lm_head.weight.text": "head"}
    for key, text in metadata.items():
        name = key.removeprefix("omni.matrix.")
        ours = names.get(name, name)
        if name == key or ours not in floats:
            continue
        precision, extents = text.split()[:2]
        start, end = (8 + length + offset for offset in header[name]["data_offsets"])
        count += end - start
        # Mini-Omni's tables have rows for its own tokens behind Qwen's.
        model[ours] = unpacked(data[start:end], precision, *map(int, extents.split("x")))[:len(floats[ours])]
    return model, count


def quantiser():
    for path in map(pathlib.Path, sys.path):
        for name in ("llama_cpp/lib/libggml-base.so", "libggml-base.so", "lib64/libggml-base.so"):
            if (path / name).exists():
                library = ctypes.CDLL(path / name)
                library.ggml_quantize_chunk.restype = ctypes.c_size_t
                library.ggml_quantize_chunk.argtypes = (
                    [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [ctypes.c_void_p])
                return library.ggml_quantize_chunk
    raise SystemExit("no libggml-base: install llama-cpp-python")


def peer(path, floats):
    """The floats as ggml rounds them to the types of a GGUF, and the bytes of the matrices."""
    import gguf
    quantize, model, count = quantiser(), dict(floats), 0
    names = {"attn_output": "attn.proj", "ffn_gate": "mlp.fc_1", "ffn_up": "mlp.fc_2", "ffn_down": "mlp.proj"}

    def rounded(tensor, kind):
        nonlocal count
        values = numpy.ascontiguousarray(tensor.numpy())
        block, size = gguf.GGML_QUANT_SIZES[kind]
        result = numpy.zeros((values.shape[0], values.shape[1] // block * size), numpy.uint8)
        written = quantize(int(kind), values.ctypes.data, result.ctypes.data, 0, *values.shape, None)
        assert written == result.nbytes
        count += written
        return torch.from_numpy(gguf.dequantize(result, kind).astype(numpy.float32).reshape(values.shape))

    kinds = {tensor.name.removesuffix(".weight"): tensor.tensor_type for tensor in gguf.GGUFReader(path).tensors}
    model["embedding"] = rounded(floats["embedding"], kinds["token_embd"])
    model["head"] = rounded(floats["head"], kinds.get("output", kinds["token_embd"]))
    for layer in range(LAYERS):
        prefix, block = f"transformer.h.{layer}.", f"blk.{layer}."
        for theirs, ours in names.items():
            model[f"{prefix}{ours}.weight"] = rounded(floats[f"{prefix}{ours}.weight"], kinds[block + theirs])
        parts = floats[prefix + "attn.attn.weight"].split((QUERIES, KEYS, KEYS))
        model[prefix + "attn.attn.weight"] = torch.cat(
            [rounded(part, kinds[block + name]) for part, name in zip(parts, ("attn_q", "attn_k", "attn_v"))])
    return model, count


# The decoder.

def in_8_bits(x):
    blocks = x.view(*x.shape[:-1], -1, 32)
    scale = blocks.abs().amax(-1, keepdim=True) / 127
    return (torch.where(scale > 0, (blocks / scale).round(), 0) * scale).view(x.shape)


def turned(x, cosines, sines):
    first, second = x.chunk(2, -1)
    return x * cosines + torch.cat([-second, first], -1) * sines


def norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * weight


def hidden_states(model, window, rounding):
    """What the head is multiplied by, `[positions, width]`."""
    count = len(window)
    angles = torch.outer(torch.arange(count), 1e6 ** -(torch.arange(0, HEAD, 2) / HEAD)).repeat(1, 2)
    cosines, sines = angles.cos(), angles.sin()
    x = model["embedding"][window] / 8
    for layer in range(LAYERS):
        prefix = f"transformer.h.{layer}."

        def linear(inputs, name):
            return F.linear(rounding(inputs), model[f"{prefix}{name}.weight"], model.get(f"{prefix}{name}.bias"))

        rows = linear(norm(x, model[prefix + "norm_1.weight"]), "attn.attn")
        q, k, v = (part.view(count, -1, HEAD).transpose(0, 1) for part in rows.split((QUERIES, KEYS, KEYS), -1))
        k, v = (part.repeat_interleave(HEADS // GROUPS, 0) for part in (turned(k, cosines, sines), v))
        gathered = F.scaled_dot_product_attention(turned(q, cosines, sines)[None], k[None], v[None], is_causal=True)
        x = x + linear(gathered[0].transpose(0, 1).reshape(count, QUERIES), "attn.proj")
        inputs = norm(x, model[prefix + "norm_2.weight"])
        x = x + linear(F.silu(linear(inputs, "mlp.fc_1")) * linear(inputs, "mlp.fc_2"), "mlp.proj")
    return norm(x, model["transformer.ln_f.weight"])


class Sums:
    def __init__(self):
        self.divergences, self.same, self.surprise, self.exact_surprise = [], 0, 0.0, 0.0

    def add(self, exact, found, following):
        self.divergences.append((exact.exp() * (exact - found)).sum(-1))
        self.same += (exact.argmax(-1) == found.argmax(-1)).sum().item()
        self.surprise -= found.gather(-1, following[:, None]).sum().item()
        self.exact_surprise -= exact.gather(-1, following[:, None]).sum().item()

    def line(self, name, byte_count, parameter_count):
        values = torch.cat(self.divergences)
        error = values.std() / math.sqrt(len(values))
        surprise, exact_surprise = (math.exp(sum_ / len(values)) for sum_ in (self.surprise, self.exact_surprise))
        return (f"| {name} | {byte_count / 1e6:.1f} MB, {byte_count * 8 / parameter_count:.2f} bits a weight "
                f"| {values.mean():.4f} ± {error:.4f} | {values.quantile(0.99):.3f} "
                f"| {100 * self.same / len(values):.2f} % | {surprise:.3f} ({exact_surprise:.3f}) |")


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("tokens", type=pathlib.Path)
    parser.add_argument("--packed", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--peer", type=pathlib.Path)
    parser.add_argument("--states", type=pathlib.Path)
    parser.add_argument("--windows", type=int, default=32, help="evenly spread over those of the file")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    windows = json.loads(arguments.tokens.read_text())
    windows = [torch.tensor(windows[i * len(windows) // arguments.windows]) for i in range(arguments.windows)]

    def unrounded(x):
        return x

    floats = published(arguments.model)
    parameter_count = sum(t.numel() for name, t in floats.items() if t.dim() == 2)
    if arguments.states and arguments.states.exists():
        exact = torch.load(arguments.states)
        assert len(exact) == len(windows), "the states are of other windows"
    else:
        exact = [hidden_states(floats, window, unrounded)[:-1] for window in windows]
        if arguments.states:
            torch.save(exact, arguments.states)
    print(f"{sum(map(len, exact))} positions", flush=True)
    print("| weights | matrices | KL divergence | 99th percentile | same choice | perplexity (of float32) |")
    print("|---|---|---|---|---|---|", flush=True)
    candidates = []
    if arguments.peer:
        name = f"llama.cpp, types of {arguments.peer.name}"
        candidates.append((name, lambda: peer(arguments.peer, floats), unrounded))
    candidates += [(folder.name, lambda folder=folder: packed(folder, floats), in_8_bits)
                   for folder in arguments.packed]
    for name, make, rounding in candidates:
        model, byte_count = make()
        sums = Sums()
        for window, rows in zip(windows, exact):
            found = hidden_states(model, window, rounding)[:-1]
            sums.add(F.log_softmax(F.linear(rows, floats["head"]), -1),
                     F.log_softmax(F.linear(rounding(found), model["head"]), -1), window[1:])
        print(sums.line(name, byte_count, parameter_count), flush=True)


main()
