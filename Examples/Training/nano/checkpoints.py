"""Saving, resuming, and what joint training starts from."""

import pathlib

import torch

from . import paths
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


def start_from_distilled(model: Model) -> None:
    """The encoder that `distil` taught to hear."""
    saved = torch.load(paths.BUILD / "teacher" / "distilled.pt", weights_only=True)["model"]
    for part, prefix in ((model.encoder, "encoder."), (model.teacher, "teacher.")):
        part.load_state_dict({name.removeprefix(prefix): t for name, t in saved.items() if name.startswith(prefix)})


def start_from(path: pathlib.Path, model: Model) -> None:
    """All of a checkpoint; or the decoder of an exported model: what listens to another encoder, or says another voice's
    codes, starts anew."""
    if path.is_file():
        model.load_state_dict(torch.load(path, weights_only=True)["model"])
        return
    exported = torch.load(path / "lit_model.pth", weights_only=True)
    own = model.gpt.state_dict()
    gpt = {
        name: tensor.float() for name, tensor in exported.items() if name in own and tensor.shape == own[name].shape}
    gpt["transformer.wte.weight"][AUDIO_ROWS] = own["transformer.wte.weight"][AUDIO_ROWS]
    model.gpt.load_state_dict(own | gpt)


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
