"""The trained parts in the published formats and half precision. `python -m nano.export FOLDER`"""

import argparse
import json
import pathlib
import shutil

import torch
import yaml

from . import paths, tokenizer
from .snac import SNAC
from .vocabulary import AUDIO_SIZE, ROWS, SIZES, STREAMS, TEXT_SIZE


def configuration() -> dict:
    """`model_config.yaml` as Mini-Omni's own code reads it."""
    s = SIZES
    return dict(
        name="nano-omni", hf_config={}, scale_embeddings=False, block_size=s.positions, vocab_size=ROWS,
        padding_multiple=64, padded_vocab_size=ROWS, n_layer=s.layers, n_head=s.heads, head_size=s.head_width,
        n_embd=s.width, rotary_percentage=1.0, parallel_residual=False, bias=False, lm_head_bias=False,
        n_query_groups=s.groups, shared_attention_norm=False, norm_class_name="RMSNorm", norm_eps=1e-6,
        mlp_class_name="LLaMAMLP", gelu_approximate="none", intermediate_size=s.hidden, rope_condense_ratio=1,
        rope_base=s.rope_base, n_expert=0, n_expert_per_token=0, add_qkv_bias=True, prompt_vocab_size=None,
        attn_dropout=0.0, pos_type="rope", force_align=False, use_pretrain_phoneme_emb=False, tie_word_embeddings=True,
        text_vocab_size=TEXT_SIZE, cat_audio_vocab_size=STREAMS * AUDIO_SIZE, audio_vocab_size=AUDIO_SIZE,
        whisper_adapter_dim=s.encoder_width, post_adapter=False, post_adapter_layers=6, asr_adapter="llamamlp")


def whisper_file(encoder: dict[str, torch.Tensor]) -> dict:
    """The layout of `small.pt`, with a text decoder of no layers: nothing reads it."""
    s = SIZES
    width = s.encoder_width
    dimensions = dict(
        n_mels=s.mels, n_audio_ctx=s.context, n_audio_state=width, n_audio_head=s.encoder_heads,
        n_audio_layer=s.encoder_layers, n_vocab=1, n_text_ctx=1, n_text_state=width, n_text_head=s.encoder_heads,
        n_text_layer=0)
    tensors = {"encoder." + name: tensor.half() for name, tensor in encoder.items()}
    tensors |= {
        "decoder.positional_embedding": torch.zeros(1, width).half(),
        "decoder.token_embedding.weight": torch.zeros(1, width).half(),
        "decoder.ln.weight": torch.ones(width).half(), "decoder.ln.bias": torch.zeros(width).half()}
    return dict(dims=dimensions, model_state_dict=tensors)


def part(state: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}


def codec_state() -> dict[str, torch.Tensor]:
    """The decoder's side from its last training, the encoder's side from its own."""
    folder = paths.BUILD / "codec"
    last = next(path for path in (folder / "refined.pt", folder / "decoder.pt") if path.exists())
    state = torch.load(last, weights_only=True)["model"]
    if not (folder / "encoder.pt").exists():
        print("the codec's encoder is not trained: what it encodes means nothing")
        return state
    encoder = torch.load(folder / "encoder.pt", weights_only=True)["model"]
    return state | {name: t for name, t in encoder.items() if name.startswith("encoder.") or "in_proj" in name}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--checkpoint", type=pathlib.Path, default=paths.BUILD / "joint" / "checkpoint.pt")
    options = parser.parse_args()
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    state = torch.load(options.checkpoint, weights_only=True)["model"]
    decoder = {name: tensor.half() for name, tensor in part(state, "gpt.").items()}
    decoder["lm_head.weight"] = decoder["transformer.wte.weight"]  # The same storage: written once.
    torch.save(decoder, folder / "lit_model.pth")
    torch.save(whisper_file(part(state, "encoder.")), folder / "small.pt")
    (folder / "model_config.yaml").write_text(yaml.safe_dump(configuration(), sort_keys=False))
    own = paths.BUILD / "tokenizer.json"
    if own.exists() or folder.resolve() != tokenizer.BUNDLED.parent.resolve():
        shutil.copy(own if own.exists() else tokenizer.BUNDLED, folder / "tokenizer.json")
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(
        bos_token=None, eos_token="<|im_end|>", add_prefix_space=False, tokenizer_class="Qwen2Tokenizer")))
    codec = SNAC()
    codec.load_state_dict(codec_state())
    codec.save(folder / "snac")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{folder}: {size / 1e6:.2f} MB in all")


if __name__ == "__main__":
    main()
