"""Where things are made: `build/` beside this package, or the folder in the environment variable OMNI_TRAINING_BUILD."""

import os
import pathlib

TRAINING = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("OMNI_TRAINING_BUILD", TRAINING / "build"))


def made(name: str) -> pathlib.Path:
    """A folder of `build/`, made when it is not there."""
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
