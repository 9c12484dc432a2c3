"""Writes Qwen2.5-0.5B as a model in Mini-Omni's layout, with floats that no format holds exactly.

    python qwen_floats.py IN.gguf TOKENIZER.json RANDOM_MODEL OUT

IN.gguf is any GGUF of the model, quantised ones too. RANDOM_MODEL is a folder that `omni make-random-model` wrote: the
encoder, the codec and the configuration are taken from it. Needs `gguf`, `numpy`, `torch` and `pyyaml`.

A quantiser gives back its own integers where it is given what they stand for, which no trained weights are. So each
input channel of a matrix is multiplied by a factor between 3/4 and 4/3, seeded, and what feeds the channel by its
inverse: a norm's weight, the rows of `up` for `down`, those of the values for the projection of attention. The model
computes the same. The embedding is the head's matrix, to which it is tied in the original.

Mini-Omni's decoder has Qwen's dimensions and takes the mean of eight embeddings: text rows are multiplied by 8, and
audio rows are zeros.
"""
import argparse
import math
import os
import pathlib
import shutil

import gguf
import numpy
import torch
import yaml

LAYERS, HEADS, GROUPS, HEAD, WIDTH, HIDDEN = 24, 14, 2, 64, 896, 4864
TEXT_ROWS, ROWS = 151_936, 181_120


def read(path):
    return {tensor.name: torch.from_numpy(numpy.array(gguf.dequantize(tensor.data, tensor.tensor_type), numpy.float32))
            for tensor in gguf.GGUFReader(path).tensors}


def move_channels(tensors):
    generator = torch.Generator().manual_seed(15)

    def factors(count):
        return torch.exp((torch.rand(count, generator=generator) - 0.5) * 2 * math.log(4 / 3))

    for layer in range(LAYERS):
        block = f"blk.{layer}."
        factor = factors(WIDTH)
        tensors[block + "attn_norm.weight"] /= factor
        for name in "qkv":
            tensors[block + f"attn_{name}.weight"] *= factor
        factor = factors(WIDTH)
        tensors[block + "ffn_norm.weight"] /= factor
        for name in ("gate", "up"):
            tensors[block + f"ffn_{name}.weight"] *= factor
        factor = factors(HIDDEN)
        tensors[block + "ffn_up.weight"] /= factor[:, None]
        tensors[block + "ffn_down.weight"] *= factor
        factor = factors(GROUPS * HEAD)
        tensors[block + "attn_v.weight"] /= factor[:, None]
        tensors[block + "attn_v.bias"] /= factor
        shared = factor.view(GROUPS, 1, HEAD).expand(GROUPS, HEADS // GROUPS, HEAD)
        tensors[block + "attn_output.weight"] *= shared.reshape(WIDTH)
    factor = factors(WIDTH)
    tensors["output_norm.weight"] /= factor
    tensors["output.weight"] *= factor


def grouped(tensors, block, kind):
    """Queries, keys and values as LitGPT has them: those of a group side by side."""
    q, k, v = (tensors[f"{block}attn_{name}.{kind}"] for name in "qkv")
    rows = HEADS // GROUPS * HEAD
    return torch.cat([part for group in range(GROUPS) for part in (
        q[group * rows:(group + 1) * rows], k[group * HEAD:(group + 1) * HEAD], v[group * HEAD:(group + 1) * HEAD])])


def main():
    parser = argparse.ArgumentParser()
    for name in ("gguf", "tokenizer", "random", "out"):
        parser.add_argument(name, type=pathlib.Path)
    arguments = parser.parse_args()
    tensors = read(arguments.gguf)
    output = tensors.get("output.weight", tensors["token_embd.weight"])
    tensors["token_embd.weight"], tensors["output.weight"] = output.clone(), output.clone()
    move_channels(tensors)

    table, head = torch.zeros(ROWS, WIDTH), torch.zeros(ROWS, WIDTH)
    table[:TEXT_ROWS], head[:TEXT_ROWS] = 8 * tensors["token_embd.weight"], tensors["output.weight"]
    state = {"transformer.wte.weight": table, "lm_head.weight": head,
             "transformer.ln_f.weight": tensors["output_norm.weight"]}
    for layer in range(LAYERS):
        block, prefix = f"blk.{layer}.", f"transformer.h.{layer}."
        for kind in ("weight", "bias"):
            state[f"{prefix}attn.attn.{kind}"] = grouped(tensors, block, kind)
        for ours, theirs in (("attn.proj", "attn_output"), ("norm_1", "attn_norm"), ("norm_2", "ffn_norm"),
                             ("mlp.fc_1", "ffn_gate"), ("mlp.fc_2", "ffn_up"), ("mlp.proj", "ffn_down")):
            state[f"{prefix}{ours}.weight"] = tensors[f"{block}{theirs}.weight"]
    for name, shape in (("fc_1", (HIDDEN, 768)), ("fc_2", (HIDDEN, 768)), ("proj", (WIDTH, HIDDEN))):
        state[f"whisper_adapter.{name}.weight"] = torch.zeros(shape)

    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save(state, arguments.out / "lit_model.pth")
    configuration = yaml.safe_load((arguments.random / "model_config.yaml").read_text())
    configuration["tie_word_embeddings"] = False
    (arguments.out / "model_config.yaml").write_text(yaml.safe_dump(configuration))
    shutil.copy(arguments.tokenizer, arguments.out / "tokenizer.json")
    for name in ("small.pt", "snac"):
        if not (arguments.out / name).exists():
            os.symlink((arguments.random / name).resolve(), arguments.out / name)


main()
