"""The speech encoder, with the parameter names and the arithmetic of openai/whisper."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .vocabulary import SIZES, Sizes


def sinusoids(length: int, channels: int) -> torch.Tensor:
    scales = torch.exp(-math.log(10000) / (channels // 2 - 1) * torch.arange(channels // 2))
    angles = torch.arange(length)[:, None] * scales[None]
    return torch.cat([torch.sin(angles), torch.cos(angles)], 1)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Attention in so many words: for sequences this short it trains faster on a CPU than the fused one."""
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores + mask
    return torch.softmax(scores, -1, dtype=scores.dtype) @ v


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.query, self.value, self.out = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.query, self.key, self.value))
        return self.out(attend(q, k, v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.attn, self.attn_ln = Attention(width, heads), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.mlp_ln = nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.attn_ln(x))
        return x + self.mlp(self.mlp_ln(x))


class AudioEncoder(nn.Module):
    """log-mel [B, M, 2T] → features [B, T, D]"""

    def __init__(self, sizes: Sizes = SIZES):
        super().__init__()
        width = sizes.encoder_width
        self.conv1 = nn.Conv1d(sizes.mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positional_embedding", sinusoids(sizes.context, width))
        self.blocks = nn.ModuleList(Block(width, sizes.encoder_heads) for _ in range(sizes.encoder_layers))
        self.ln_post = nn.LayerNorm(width)

    def layers(self, mel: torch.Tensor) -> list[torch.Tensor]:
        """What comes before the first block and after each, the last one normalised."""
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        found = [x + self.positional_embedding[:x.shape[1]]]
        for block in self.blocks:
            found.append(block(found[-1]))
        return [*found[:-1], self.ln_post(found[-1])]

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        return self.layers(mel)[-1]


def mel_filters(count: int = 80, window: int = 400, rate: int = 16000) -> torch.Tensor:
    """Slaney's triangles as librosa makes them: linear to 1 kHz, logarithmic above, equal area."""
    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    highest = 15 + np.log(rate / 2 / 1000) * 27 / np.log(6.4)
    edges = hertz(np.linspace(0, highest, count + 2))
    bins = np.linspace(0, rate / 2, window // 2 + 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return torch.from_numpy(filters.astype(np.float32))


_FILTERS, _WINDOW = mel_filters(), torch.hann_window(400)


def log_mel(samples: torch.Tensor) -> torch.Tensor:
    """[B, N] at 16 kHz → [B, 80, N / 160], each recording by itself."""
    spectrum = torch.stft(samples, 400, 160, window=_WINDOW, return_complex=True)[..., :-1]
    return levels(spectrum.real**2 + spectrum.imag**2)


def levels(power: torch.Tensor) -> torch.Tensor:
    """Spectra of power [B, 201, T] → log-mel [B, 80, T]"""
    level = (_FILTERS @ power).clamp(min=1e-10).log10()
    level = torch.maximum(level, level.amax((1, 2), keepdim=True).detach() - 8)
    return (level + 4) / 4
