"""The detector of voice activity as `silero_vad.safetensors`, in half precision. `python -m nano.export_vad FOLDER`"""

import argparse
import pathlib

import torch
from safetensors.torch import save_file

from . import paths
from .silero import Detector


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    model = Detector()
    model.load_state_dict(torch.load(paths.BUILD / "vad" / "checkpoint.pt", weights_only=True)["model"])
    options.folder.mkdir(parents=True, exist_ok=True)
    file = options.folder / "silero_vad.safetensors"
    save_file(model.published(), file)
    file.chmod(0o644)  # The writer leaves it to its owner alone.
    print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
