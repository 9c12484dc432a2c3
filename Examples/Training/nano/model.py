"""Encoder and decoder together, and what each is trained by."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from .gpt import GPT
from .teacher import COMPONENTS
from .vocabulary import ANSWERS_NOTHING, AUDIO_SIZE, SIZES, STREAMS, TEXT_SIZE
from .whisper import AudioEncoder, log_mel


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.gpt = AudioEncoder(), GPT()
        self.teacher = nn.Linear(SIZES.encoder_width, COMPONENTS)  # Not a part of what is exported.


@dataclass
class Packed:
    """Sequences of `prompts.py`, padded to one length."""

    rows: torch.Tensor  # [B, L, 8]
    positions: torch.Tensor  # [B, L]
    branches: torch.Tensor  # [B, L]
    parents: torch.Tensor  # [B, L]
    modes: torch.Tensor  # [B, L]
    text_targets: torch.Tensor  # [B, L]
    audio_targets: torch.Tensor  # [B, L, 7]
    chooses_word: torch.Tensor  # [B, L], whether the audio targets choose a word or the end


@dataclass
class Batch:
    """What is heard, what is read, what is read and answered aloud, and sums: apart, because their lengths differ."""

    samples: torch.Tensor  # [B, N]
    taught: torch.Tensor  # [B, T, 128], what the teacher hears in the same recordings without noise; zeros: nothing
    frame_counts: torch.Tensor  # [B]
    heard: Packed
    read: Packed
    aloud: Packed
    sums: Packed


def embed(gpt: GPT, rows: torch.Tensor, features: torch.Tensor | None, frame_counts: torch.Tensor | None) -> torch.Tensor:
    """The mean of eight embeddings; at the speech's positions seven of them are the adapted features."""
    x = gpt.transformer.wte(rows[..., STREAMS]) / 8
    audio = F.embedding_bag(rows[..., :STREAMS].flatten(0, 1), gpt.table, mode="sum").unflatten(0, rows.shape[:2]) / 8
    if features is not None:
        position = torch.arange(rows.shape[1])
        heard = ((position >= 1) & (position <= frame_counts[:, None]))[..., None]
        adapted = gpt.whisper_adapter(features).float() * (STREAMS / 8)
        length = min(adapted.shape[1], rows.shape[1] - 1)
        place = F.pad(adapted[:, :length], (0, 0, 1, rows.shape[1] - 1 - length))
        audio = torch.where(heard, place, audio)
    return x + audio


def visible(packed: Packed) -> torch.Tensor:
    """Each row sees itself and what is before it, in its own branch and in the question above it. Added to the scores."""
    branches, parents = packed.branches, packed.parents
    same = branches[:, :, None] == branches[:, None, :]
    above = parents[:, :, None] == branches[:, None, :]
    length = branches.shape[1]
    before = torch.ones(length, length, dtype=torch.bool).tril()
    seen = ((same | above) & before)[:, None]
    return torch.zeros(seen.shape, dtype=torch.bfloat16).masked_fill_(~seen, -1e4)


def losses(model: Model, batch: Batch, masked: bool, taught_share: float) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss to minimise, and figures: `taught`, what of the teacher's features is not found, and of each mode the share
    of its text (and `audio`) tokens that are right, and of its words' first coarse codes (`next word`)."""
    mel = log_mel(batch.samples)
    if masked:
        mel = mask_spectrum(mel)
    parts = (batch.heard, batch.read, batch.aloud, batch.sums)
    with torch.autocast("cpu", torch.bfloat16):
        features = model.encoder(mel)
        found = model.teacher(features).float()
        vectors = [embed(model.gpt, batch.heard.rows, features, batch.frame_counts)]
        vectors += [embed(model.gpt, part.rows, None, None) for part in parts[1:]]
        hidden = torch.cat(
            [model.gpt(x, part.positions, visible(part)).flatten(0, 1) for x, part in zip(vectors, parts)])
        text_targets = torch.cat([part.text_targets.flatten() for part in parts])
        audio_targets = torch.cat([part.audio_targets.flatten(0, 1) for part in parts])
        modes = torch.cat([part.modes.flatten() for part in parts])
        chooses = torch.cat([part.chooses_word.flatten() for part in parts]).bool()
        texts, sounds = text_targets != ANSWERS_NOTHING, audio_targets[:, 0] != ANSWERS_NOTHING
        table = model.gpt.table
        text_logits = F.linear(hidden[texts], table[:TEXT_SIZE]).float()
        audio_logits = F.linear(hidden[sounds], table[TEXT_SIZE:]).float().unflatten(-1, (STREAMS, AUDIO_SIZE))
    text_targets, audio_targets, modes, chooses = text_targets[texts], audio_targets[sounds], modes[texts], chooses[sounds]
    taught_loss = not_found(found, batch.taught)
    text_loss = F.cross_entropy(text_logits, text_targets)
    audio_loss = F.cross_entropy(audio_logits.flatten(0, 1), audio_targets.flatten())
    word_logits, words = audio_logits[chooses, :STREAMS_OF_A_CHOICE], audio_targets[chooses, :STREAMS_OF_A_CHOICE]
    word_loss = F.cross_entropy(word_logits.flatten(0, 1), words.flatten())
    right = text_logits.argmax(-1) == text_targets
    report = {
        name: right[modes == number].float().mean().item() for number, name in MODES.items() if (modes == number).any()}
    report["text loss"] = text_loss.item()
    report["audio"] = (audio_logits.argmax(-1) == audio_targets).float().mean().item()
    report["next word"] = (word_logits[:, 0].argmax(-1) == words[:, 0]).float().mean().item()
    report["taught"] = taught_loss.item()
    return taught_share * taught_loss + text_loss + audio_loss + WORD_SHARE * word_loss, report


def not_found(found: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    """The mean square of what is missing of the teacher's components, in the frames that it heard: the others are zeros."""
    return (found - taught)[taught.abs().sum(-1) > 0].square().mean()


# What the first codes of words count beside all codes together: they alone must be looked up in the text, and after a
# wrong word all that follows is wrong.
WORD_SHARE, STREAMS_OF_A_CHOICE = 1.0, 3
MODES = {1: "a1t1", 2: "a1t2", 3: "a1a2", 4: "t1t2", 5: "t1a2"}


def mask_spectrum(mel: torch.Tensor) -> torch.Tensor:
    """Hides a band and a moment of about half of the recordings each (SpecAugment)."""
    for one in mel:
        average = one.mean()
        if torch.rand(()) < 0.5:
            width = int(torch.randint(1, 12, ()))
            start = int(torch.randint(0, one.shape[0] - width, ()))
            one[start:start + width] = average
        if torch.rand(()) < 0.5:
            width = int(torch.randint(2, 14, ()))
            start = int(torch.randint(0, one.shape[1] - width, ()))
            one[:, start:start + width] = average
    return mel
