"""PyTorch, float32: a decoder and a codec of the released shapes with random weights."""

import torch
from torch import nn
from torch.nn import functional as F

import shapes as s


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        keys = s.GROUPS * s.HEAD_WIDTH
        self.attention_norm, self.mlp_norm = nn.RMSNorm(s.WIDTH), nn.RMSNorm(s.WIDTH)
        self.qkv = nn.Linear(s.WIDTH, s.WIDTH + 2 * keys)
        self.out = nn.Linear(s.WIDTH, s.WIDTH, bias=False)
        self.gate, self.up = (nn.Linear(s.WIDTH, s.MLP, bias=False) for _ in range(2))
        self.down = nn.Linear(s.MLP, s.WIDTH, bias=False)

    def forward(self, x, cache):
        rows = x.shape[0]
        q, k, v = self.qkv(self.attention_norm(x)).split([s.WIDTH, 128, 128], -1)
        q = q.view(rows, 1, s.HEADS, s.HEAD_WIDTH).transpose(1, 2)
        keys, values = (
            torch.cat([past, new.view(rows, 1, s.GROUPS, s.HEAD_WIDTH).transpose(1, 2)], 2)
            for past, new in zip(cache, (k, v))
        )
        y = F.scaled_dot_product_attention(q, keys, values, enable_gqa=True)
        x = x + self.out(y.transpose(1, 2).reshape(rows, 1, s.WIDTH))
        y = self.mlp_norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


def step(threads, rows=2):
    """Seconds for a step of `rows` sequences after a prompt, all logits of both, as the reference computes them."""
    torch.set_num_threads(threads)
    with torch.inference_mode():
        blocks, norm = [Block() for _ in range(s.LAYERS)], nn.RMSNorm(s.WIDTH)
        head = nn.Linear(s.WIDTH, s.ROWS, bias=False)
        x = torch.randn(rows, 1, s.WIDTH)
        cache = [torch.randn(rows, s.GROUPS, s.CONTEXT, s.HEAD_WIDTH) for _ in range(2)]

        def work():
            y = x
            for block in blocks:
                y = block(y, cache)
            return head(norm(y))

        return s.median(work)


class Snake(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, x):
        return x + (self.alpha + 1e-9).reciprocal() * torch.sin(self.alpha * x).pow(2)


class Unit(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.block = nn.Sequential(
            Snake(channels),
            nn.Conv1d(channels, channels, 7, padding=3 * dilation, dilation=dilation, groups=channels),
            Snake(channels),
            nn.Conv1d(channels, channels, 1),
        )

    def forward(self, x):
        return x + self.block(x)


class Noise(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.linear = nn.Conv1d(channels, channels, 1, bias=False)

    def forward(self, x):
        return x + torch.randn(x.shape[0], 1, x.shape[2]) * self.linear(x)


def codec(threads, latent_count=47):
    """Seconds for a second of sound, decoded `latent_count` latents at a time: 47 are a second, 16 the four frames that the
    reference decodes at once while it streams, without what comes before them."""
    torch.set_num_threads(threads)
    layers = [nn.Conv1d(768, 768, 7, padding=3, groups=768), nn.Conv1d(768, 1024, 1)]
    width = 1024
    for rate in (8, 8, 4, 2):
        layers += [Snake(width), nn.ConvTranspose1d(width, width // 2, 2 * rate, rate, rate // 2)]
        width //= 2
        layers += [Noise(width), *(Unit(width, dilation) for dilation in (1, 3, 9))]
    layers += [Snake(width), nn.Conv1d(width, 1, 7, padding=3), nn.Tanh()]
    stack, latents = nn.Sequential(*layers), torch.randn(1, 768, latent_count)
    with torch.inference_mode():
        return s.median(lambda: stack(latents)) / (latent_count * 512 / 24_000)
