"""How different two sounds are to the ear: magnitudes and mel bands at three resolutions."""

import torch

from .codes import mel_bands

WINDOWS = {256: 20, 1024: 80, 2048: 80}
_BANDS = {size: mel_bands(size, count) for size, count in WINDOWS.items()}
_HANN = {size: torch.hann_window(size) for size in WINDOWS}


def magnitudes(sound: torch.Tensor, size: int) -> torch.Tensor:
    spectrum = torch.stft(sound, size, size // 4, window=_HANN[size], return_complex=True)
    return (spectrum.real**2 + spectrum.imag**2 + 1e-9).sqrt()


def distance(made: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, float]:
    """[B, N] each → the loss, and the mean log-mel difference at 1024."""
    total, reported = torch.zeros(()), 0.0
    for size in WINDOWS:
        a, b = magnitudes(made, size), magnitudes(wanted, size)
        total = total + 0.5 * ((a + 1e-3).log() - (b + 1e-3).log()).abs().mean() + 0.5 * (a - b).norm() / (b.norm() + 1e-3)
        if size > 256:
            mel = ((_BANDS[size] @ a + 1e-3).log() - (_BANDS[size] @ b + 1e-3).log()).abs().mean()
            total = total + mel
            reported = mel.item() if size == 1024 else reported
    return total, reported
