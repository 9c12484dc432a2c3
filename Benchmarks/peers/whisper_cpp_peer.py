"""whisper.cpp through its Python package: the small encoder, Q8_0, random weights."""

import os
import struct

import numpy as np

import shapes as s

Q8_0, F16, F32 = 8, 1, 0
VOCABULARY = 51_865


def quantized(weight):
    """Blocks of 32 with a scale of two bytes each."""
    blocks = weight.reshape(-1, 32)
    scales = np.abs(blocks).max(1, keepdims=True) / 127
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("values", "i1", 32)])
    packed["scale"], packed["values"] = scales[:, 0], np.rint(blocks / scales)
    return packed.tobytes()


def write(path):
    """A file in whisper.cpp's own format; of the text decoder one layer, which the encoder never looks at."""
    random = np.random.default_rng(0)
    width = s.ENCODER_WIDTH
    with open(path, "wb") as file:
        file.write(struct.pack(
            "<I11i", 0x67676D6C, VOCABULARY, s.ENCODER_CONTEXT, width, s.ENCODER_HEADS, s.ENCODER_LAYERS, 448, width,
            s.ENCODER_HEADS, 1, s.MELS, 7))
        file.write(struct.pack("<2i", s.MELS, 201) + np.full(s.MELS * 201, 0.01, "<f4").tobytes())
        file.write(struct.pack("<i", 1) + struct.pack("<I", 1) + b"a")

        def tensor(name, shape, kind):
            weight = random.standard_normal(shape, dtype=np.float32) * 0.02
            data = {Q8_0: quantized, F16: lambda w: w.astype("<f2").tobytes(), F32: lambda w: w.tobytes()}[kind](weight)
            file.write(struct.pack("<3i", len(shape), len(name), kind))
            file.write(struct.pack(f"<{len(shape)}i", *reversed(shape)) + name.encode() + data)

        def norm(name):
            tensor(name + ".weight", [width], F32)
            tensor(name + ".bias", [width], F32)

        def linear(name, outputs, inputs, bias=True):
            tensor(name + ".weight", [outputs, inputs], Q8_0)
            if bias:
                tensor(name + ".bias", [outputs], F32)

        def block(name, attentions):
            for attention in attentions:
                norm(f"{name}.{attention}_ln")
                for part in ("query", "key", "value", "out"):
                    linear(f"{name}.{attention}.{part}", width, width, bias=part != "key")
            norm(f"{name}.mlp_ln")
            linear(f"{name}.mlp.0", 4 * width, width)
            linear(f"{name}.mlp.2", width, 4 * width)

        tensor("encoder.positional_embedding", [s.ENCODER_CONTEXT, width], F32)
        for index, inputs in ((1, s.MELS), (2, width)):
            tensor(f"encoder.conv{index}.weight", [width, inputs, 3], F16)
            tensor(f"encoder.conv{index}.bias", [width, 1], F32)
        for layer in range(s.ENCODER_LAYERS):
            block(f"encoder.blocks.{layer}", ["attn"])
        norm("encoder.ln_post")
        tensor("decoder.positional_embedding", [448, width], F32)
        tensor("decoder.token_embedding.weight", [VOCABULARY, width], Q8_0)
        block("decoder.blocks.0", ["attn", "cross_attn"])
        norm("decoder.ln")


def encoder(folder, threads):
    """Seconds for 30 s of sound."""
    import _pywhispercpp as whisper

    path = os.path.join(folder, "whisper-small-q8_0.bin")
    if not os.path.exists(path):
        write(path)
    context = whisper.whisper_init_from_file_with_params(path, whisper.whisper_context_default_params())
    sound = np.random.default_rng(1).standard_normal(480_000).astype(np.float32) * 0.1
    if whisper.whisper_pcm_to_mel(context, sound, len(sound), threads) != 0:
        raise RuntimeError("whisper.cpp cannot make a spectrogram")

    def work():
        if whisper.whisper_encode(context, 0, threads) != 0:
            raise RuntimeError("whisper.cpp cannot encode")

    return s.median(work, least_count=3)
