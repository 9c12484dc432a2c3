"""The codec, with the layers and the parameter names of hubertsiuzdak/snac."""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

CONFIGURATION = dict(
    sampling_rate=24000, encoder_dim=6, encoder_rates=[2, 4, 8, 8], decoder_dim=384, decoder_rates=[2, 4, 8, 8],
    attn_window_size=None, codebook_size=256, codebook_dim=8, vq_strides=[4, 2, 1], noise=True, depthwise=True)


class SnakeFunction(torch.autograd.Function):
    """x + sin²(αx) / α, keeping for the way back only what it needs."""

    @staticmethod
    def forward(context, x, alpha):
        context.save_for_backward(x, alpha)
        sine = (x * alpha).sin_()
        return torch.addcdiv(x, sine.square_(), alpha + 1e-9)

    @staticmethod
    def backward(context, gradient):
        x, alpha = context.saved_tensors
        double = (2 * alpha * x).sin_()
        # d/dα = x sin(2αx) / α - sin²(αx) / α², and sin² is (1 - cos 2αx) / 2.
        square = (x * alpha).sin_().square_()
        slope = ((x * double - square / alpha) / alpha * gradient).sum((0, 2), keepdim=True)
        return gradient * (1 + double), slope


class Snake(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return SnakeFunction.apply(x, self.alpha)


class Convolution(nn.Conv1d):
    """As PyTorch's, faster on a CPU for one weight a channel and for one position."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.groups == 1 and self.kernel_size == (1,):
            y = self.weight[:, :, 0] @ x
            return y if self.bias is None else y + self.bias[:, None]
        return super().forward(x)


def convolution(*arguments, **options) -> nn.Module:
    return weight_norm(Convolution(*arguments, **options))


class ResidualUnit(nn.Module):
    def __init__(self, channels: int, dilation: int):
        super().__init__()
        self.block = nn.Sequential(
            Snake(channels),
            convolution(channels, channels, 7, dilation=dilation, padding=3 * dilation, groups=channels),
            Snake(channels), convolution(channels, channels, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.block(x)


class EncoderBlock(nn.Module):
    def __init__(self, channels: int, stride: int):
        super().__init__()
        self.block = nn.Sequential(
            *(ResidualUnit(channels, dilation) for dilation in (1, 3, 9)), Snake(channels),
            convolution(channels, 2 * channels, 2 * stride, stride=stride, padding=math.ceil(stride / 2)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.block(x)


class NoiseBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.linear = convolution(channels, channels, 1, bias=False)
        self.silent = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.silent:
            return x
        return x + torch.randn(x.shape[0], 1, x.shape[2]) * self.linear(x)


class DecoderBlock(nn.Module):
    def __init__(self, channels: int, stride: int):
        super().__init__()
        out = channels // 2
        up = nn.ConvTranspose1d(
            channels, out, 2 * stride, stride=stride, padding=math.ceil(stride / 2), output_padding=stride % 2)
        self.block = nn.Sequential(
            Snake(channels), weight_norm(up), NoiseBlock(out), *(ResidualUnit(out, dilation) for dilation in (1, 3, 9)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.block(x)


class Quantizer(nn.Module):
    def __init__(self, channels: int, stride: int):
        super().__init__()
        size, width = CONFIGURATION["codebook_size"], CONFIGURATION["codebook_dim"]
        self.stride = stride
        self.in_proj, self.out_proj = convolution(channels, width, 1), convolution(width, channels, 1)
        self.codebook = nn.Embedding(size, width)

    def similarity(self, residual: torch.Tensor) -> torch.Tensor:
        """Cosine of each latent to each code, [B, T, K]"""
        pooled = F.avg_pool1d(residual, self.stride) if self.stride > 1 else residual
        latents = F.normalize(self.in_proj(pooled), dim=1).transpose(1, 2)
        return latents @ F.normalize(self.codebook.weight, dim=1).T

    def latents(self, codes: torch.Tensor) -> torch.Tensor:
        return self.out_proj(self.codebook(codes).transpose(1, 2)).repeat_interleave(self.stride, -1)


class SNAC(nn.Module):
    def __init__(self):
        super().__init__()
        c = CONFIGURATION
        width = c["encoder_dim"]
        layers: list[nn.Module] = [convolution(1, width, 7, padding=3)]
        for stride in c["encoder_rates"]:
            layers.append(EncoderBlock(width, stride))
            width *= 2
        layers.append(convolution(width, width, 7, padding=3, groups=width))
        self.encoder = nn.Module()
        self.encoder.block = nn.Sequential(*layers)
        self.quantizer = nn.Module()
        self.quantizer.quantizers = nn.ModuleList(Quantizer(width, stride) for stride in c["vq_strides"])
        layers = [convolution(width, width, 7, padding=3, groups=width), convolution(width, c["decoder_dim"], 1)]
        width = c["decoder_dim"]
        for stride in c["decoder_rates"]:
            layers.append(DecoderBlock(width, stride))
            width //= 2
        layers += [Snake(width), convolution(width, 1, 7, padding=3), nn.Tanh()]
        self.decoder = nn.Module()
        self.decoder.model = nn.Sequential(*layers)

    def decode(self, codes: list[torch.Tensor]) -> torch.Tensor:
        """Three lists [B, T·1], [B, T·2], [B, T·4] → samples [B, 1, 2048 T]"""
        return self.decoder.model(sum(q.latents(c) for q, c in zip(self.quantizer.quantizers, codes)))

    def similarities(self, samples: torch.Tensor, codes: list[torch.Tensor] | None = None) -> list[torch.Tensor]:
        """The choice of each quantizer, with the residual that `codes` (else its own choice) leave for the next."""
        residual, found = self.encoder.block(samples), []
        for index, quantizer in enumerate(self.quantizer.quantizers):
            found.append(quantizer.similarity(residual))
            chosen = codes[index] if codes is not None else found[-1].argmax(-1)
            residual = residual - quantizer.latents(chosen)
        return found

    def silence_noise(self, silent: bool = True) -> None:
        for module in self.modules():
            if isinstance(module, NoiseBlock):
                module.silent = silent

    def save(self, folder: pathlib.Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(CONFIGURATION))
        half = {name: tensor.detach().half().contiguous() for name, tensor in self.state_dict().items()}
        torch.save(half, folder / "pytorch_model.bin")
