"""A detector of voice activity with the layers and the interface of Silero v5, under the names of its safetensors file."""

import math

import torch
import torch.nn.functional as F
from torch import nn

WINDOW, CONTEXT, FILTER = 512, 64, 256


def spectrum_basis() -> torch.Tensor:
    """Cosines, then sines, of 129 frequencies under a Hann window, [258, 1, 256]"""
    time, bins = torch.arange(FILTER), torch.arange(FILTER // 2 + 1)
    angles = 2 * math.pi / FILTER * bins[:, None] * time
    return (torch.cat([angles.cos(), -angles.sin()]) * torch.hann_window(FILTER))[:, None]


class Detector(nn.Module):
    """Samples at 16 kHz → the logit of speech for every 512 of them."""

    def __init__(self):
        super().__init__()
        self.stft_conv = nn.Conv1d(1, FILTER + 2, FILTER, stride=FILTER // 2, bias=False)
        self.stft_conv.weight.data = spectrum_basis()
        self.stft_conv.weight.requires_grad_(False)
        self.conv1 = nn.Conv1d(FILTER // 2 + 1, 128, 3, padding=1)
        self.conv2 = nn.Conv1d(128, 64, 3, padding=1, stride=2)
        self.conv3 = nn.Conv1d(64, 64, 3, padding=1, stride=2)
        self.conv4 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm_cell = nn.LSTM(128, 128, batch_first=True)
        self.final_conv = nn.Conv1d(128, 1, 1)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        """[B, 512 W] → [B, W]"""
        batch, count = samples.shape[0], samples.shape[1] // WINDOW
        windows = F.pad(samples, (CONTEXT, 0)).unfold(1, CONTEXT + WINDOW, WINDOW).flatten(0, 1)
        spectrum = self.stft_conv(F.pad(windows[:, None], (0, CONTEXT), mode="reflect"))
        half = FILTER // 2 + 1
        x = (spectrum[:, :half] ** 2 + spectrum[:, half:] ** 2).clamp(min=1e-12).sqrt()
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = F.relu(layer(x))
        hidden, _ = self.lstm_cell(x.unflatten(0, (batch, count))[..., 0])
        return self.final_conv(F.relu(hidden).transpose(1, 2))[:, 0]

    def published(self) -> dict[str, torch.Tensor]:
        """The tensors under Silero's names, in half precision."""
        return {
            name.replace("_l0", ""): tensor.detach().half().contiguous() for name, tensor in self.state_dict().items()}

    def load_published(self, tensors: dict[str, torch.Tensor]) -> None:
        """The inverse of `published`."""
        own = {name.replace("_l0", ""): name for name in self.state_dict()}
        self.load_state_dict({own[name]: tensor.float() for name, tensor in tensors.items()})
