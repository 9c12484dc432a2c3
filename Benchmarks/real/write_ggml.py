"""Writes a `.pt` file of openai-whisper as whisper.cpp's own format, matrices in Q8_0.

    python write_ggml.py base.pt multilingual.tiktoken base-q8_0.bin

Needs torch, numpy and the mel filters of openai-whisper.
"""
import base64
import pathlib
import struct
import sys

import numpy as np
import torch
import whisper

F32, F16, Q8_0 = 0, 1, 8


def quantized(weight):
    """Blocks of 32 with a scale of two bytes each."""
    blocks = weight.reshape(-1, 32)
    scales = np.maximum(np.abs(blocks).max(1, keepdims=True) / 127, 1e-12)
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("values", "i1", 32)])
    packed["scale"], packed["values"] = scales[:, 0], np.rint(blocks / scales)
    return packed.tobytes()


def main():
    checkpoint = torch.load(sys.argv[1], map_location="cpu", weights_only=True)
    dims, state = checkpoint["dims"], checkpoint["model_state_dict"]
    filters = np.load(pathlib.Path(whisper.__file__).parent / "assets/mel_filters.npz")[f"mel_{dims['n_mels']}"]
    tokens = [base64.b64decode(line.split()[0]) if line.split()[0] != "=" else b""
              for line in open(sys.argv[2]).read().splitlines() if line]
    with open(sys.argv[3], "wb") as file:
        file.write(struct.pack("<I", 0x67676D6C))
        for name in ("n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx", "n_text_state",
                     "n_text_head", "n_text_layer", "n_mels"):
            file.write(struct.pack("<i", dims[name]))
        file.write(struct.pack("<i", 7))
        file.write(struct.pack("<2i", *filters.shape) + filters.astype("<f4").tobytes())
        file.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            file.write(struct.pack("<I", len(token)) + token)
        for name, tensor in state.items():
            weight = tensor.float().numpy()
            if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
                weight = weight.reshape(-1, 1)
            if weight.ndim < 2 or "positional_embedding" in name or name.endswith("bias"):
                kind = F32
            elif "conv" in name:
                kind = F16
            else:
                kind = Q8_0
            data = {Q8_0: quantized, F16: lambda w: w.astype("<f2").tobytes(), F32: lambda w: w.astype("<f4").tobytes()}[kind](weight)
            file.write(struct.pack("<3i", weight.ndim, len(name), kind))
            file.write(struct.pack(f"<{weight.ndim}i", *reversed(weight.shape)) + name.encode() + data)


main()
