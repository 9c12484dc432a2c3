"""The decoder, with the parameter names and the arithmetic of Mini-Omni's LitGPT."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from .vocabulary import ROWS, SIZES, Sizes
from .whisper import attend


class RMSNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x.float(), x.shape[-1:], self.weight, 1e-6)


class Attention(nn.Module):
    """Grouped-query attention; the rows of `attn` are q…q k v for each group."""

    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.attn = nn.Linear(sizes.width, (sizes.heads + 2 * sizes.groups) * sizes.head_width)
        self.proj = nn.Linear(sizes.heads * sizes.head_width, sizes.width, bias=False)

    def forward(self, x, cosines, sines, mask, cache: dict | None):
        s = self.sizes
        per_group = s.heads // s.groups
        rows = self.attn(x).unflatten(-1, (s.groups, per_group + 2, s.head_width))
        q, k, v = rows.permute(0, 2, 3, 1, 4).split((per_group, 1, 1), 2)
        q, k, v = q.flatten(1, 2), k.flatten(1, 2), v.flatten(1, 2)
        q, k = rotate(q, cosines, sines), rotate(k, cosines, sines)
        if cache is not None:
            if "k" in cache:
                k, v = torch.cat([cache["k"], k], 2), torch.cat([cache["v"], v], 2)
            cache["k"], cache["v"] = k, v
        k, v = k.repeat_interleave(per_group, 1), v.repeat_interleave(per_group, 1)
        y = attend(q, k, v, mask)
        return self.proj(y.transpose(1, 2).flatten(2))


def rotate(x: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    half = x.shape[-1] // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return (x * cosines + turned * sines).to(x.dtype)


class MLP(nn.Module):
    def __init__(self, inputs: int, sizes: Sizes):
        super().__init__()
        self.fc_1 = nn.Linear(inputs, sizes.hidden, bias=False)
        self.fc_2 = nn.Linear(inputs, sizes.hidden, bias=False)
        self.proj = nn.Linear(sizes.hidden, sizes.width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.proj(F.silu(self.fc_1(x)) * self.fc_2(x))


class Block(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.norm_1, self.attn = RMSNorm(sizes.width), Attention(sizes)
        self.norm_2, self.mlp = RMSNorm(sizes.width), MLP(sizes.width, sizes)

    def forward(self, x, cosines, sines, mask, cache):
        x = x + self.attn(self.norm_1(x), cosines, sines, mask, cache)
        return x + self.mlp(self.norm_2(x))


class GPT(nn.Module):
    """Embeddings averaged over eight streams [B, T, D] → hidden states [B, T, D]; the head is the embedding table."""

    def __init__(self, sizes: Sizes = SIZES):
        super().__init__()
        self.whisper_adapter = MLP(sizes.encoder_width, sizes)
        self.transformer = nn.ModuleDict(dict(
            wte=nn.Embedding(ROWS, sizes.width), h=nn.ModuleList(Block(sizes) for _ in range(sizes.layers)),
            ln_f=RMSNorm(sizes.width)))
        speeds = 1 / sizes.rope_base ** (torch.arange(0, sizes.head_width, 2).float() / sizes.head_width)
        angles = torch.outer(torch.arange(sizes.positions).float(), speeds).repeat(1, 2)
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                spread = 0.05 if "wte" in name else 0.8 / math.sqrt(parameter.shape[1])
                if ".h." in name and name.endswith("proj.weight"):
                    spread /= math.sqrt(2 * sizes.layers)
                nn.init.normal_(parameter, 0, spread)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    @property
    def table(self) -> torch.Tensor:
        return self.transformer.wte.weight

    def forward(self, x, positions, mask, caches: list[dict] | None = None) -> torch.Tensor:
        cosines, sines = self.cosines[positions].unsqueeze(1), self.sines[positions].unsqueeze(1)
        for index, block in enumerate(self.transformer.h):
            x = block(x, cosines, sines, mask, caches[index] if caches else None)
        return self.transformer.ln_f(x)
