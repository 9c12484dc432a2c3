"""Saving, resuming, and starting from a model that was exported before."""

import pathlib

import torch

from .gpt import GPT
from .model import Model
from .vocabulary import AUDIO_CODES, SHIFT
from .whisper import AudioEncoder


def save(path: pathlib.Path, model: Model, optimizer, seconds: float, step: int) -> None:
    part = path.with_suffix(".part")
    torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), seconds=seconds, step=step), part)
    part.rename(path)


def resume(path: pathlib.Path, model: Model, optimizer) -> tuple[float, int]:
    """CPU seconds and steps so far."""
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    print(f"going on from step {saved['step']}, {saved['seconds'] / 60:.1f} CPU minutes")
    return saved["seconds"], saved["step"]


def start_from(folder: pathlib.Path, model: Model) -> None:
    """Weights of an exported model of the same sizes; its audio tokens mean another voice's codes, so they start anew."""
    exported = torch.load(folder / "lit_model.pth", weights_only=True)
    gpt = {name: tensor.float() for name, tensor in exported.items() if name != "lm_head.weight"}
    table = gpt["transformer.wte.weight"]
    table[AUDIO_ROWS] = model.gpt.table.detach()[AUDIO_ROWS]
    model.gpt.load_state_dict(gpt)
    encoder = torch.load(folder / "small.pt", weights_only=True)["model_state_dict"]
    model.encoder.load_state_dict(
        {name.removeprefix("encoder."): tensor.float() for name, tensor in encoder.items() if name.startswith("encoder.")})


def audio_code_rows() -> torch.Tensor:
    return torch.cat([torch.arange(shift, shift + AUDIO_CODES) for shift in SHIFT.tolist()])


AUDIO_ROWS = audio_code_rows()


def parts(path: pathlib.Path) -> tuple[AudioEncoder, GPT]:
    """Encoder and decoder of a checkpoint or of an exported model's folder, ready to run."""
    encoder, gpt = AudioEncoder(), GPT()
    if path.is_dir():
        exported = torch.load(path / "lit_model.pth", weights_only=True)
        gpt.load_state_dict({k: v.float() for k, v in exported.items() if k != "lm_head.weight"})
        weights = torch.load(path / "small.pt", weights_only=True)["model_state_dict"]
        encoder.load_state_dict(
            {k.removeprefix("encoder."): v.float() for k, v in weights.items() if k.startswith("encoder.")})
    else:
        model = torch.load(path, weights_only=True)["model"]
        for part, prefix in ((encoder, "encoder."), (gpt, "gpt.")):
            part.load_state_dict({k.removeprefix(prefix): v for k, v in model.items() if k.startswith(prefix)})
    return encoder.eval(), gpt.eval()
