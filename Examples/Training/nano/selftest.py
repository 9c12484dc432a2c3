"""A few minutes' test of the training code in a folder of its own: `python -m nano.selftest`"""

import os
import pathlib
import subprocess
import sys
import tempfile

from . import paths

STAGES = [
    ["nano.make_tokenizer"], ["nano.make_questions", "espeak", "joe", "kokoro", "--share", "0.02"], ["nano.teacher"],
    ["nano.narrow"], ["nano.distil", "--minutes", "0.2", "--batch", "8"], ["nano.casting", "--takes", "1"], ["nano.codes"],
    ["nano.train_codec", "decoder", "--minutes", "0.03"], ["nano.train_codec", "encoder", "--minutes", "0.03"],
    ["nano.refine_codec", "--minutes", "0.03"], ["nano.recast", "--takes", "1", "--sentences", "3"],
    ["nano.train_joint", "--minutes", "0.15", "--batch", "8"], ["nano.train_joint", "--minutes", "0.2", "--batch", "8"],
    ["nano.train_vad", "--steps", "3", "--batch", "2"], ["nano.make_held_out", "--count", "4"],
    ["nano.export", "MODEL"], ["nano.export_vad", "MODEL"], ["nano.evaluate", "--model", "MODEL", "--count", "3", "--show", "0"],
]
# What is downloaded is used from the real folder.
DOWNLOADED = ("voices", "teacher/base.pt")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"OMNI_TRAINING_BUILD": folder}
        for name in DOWNLOADED:
            link = pathlib.Path(folder) / name
            link.parent.mkdir(exist_ok=True)
            link.symlink_to((paths.BUILD / name).resolve())
        for stage in STAGES:
            arguments = [folder + "/model" if argument == "MODEL" else argument for argument in stage]
            print("==", *stage, flush=True)
            subprocess.run([sys.executable, "-m", *arguments], env=environment, check=True)
    print("all stages ran")


if __name__ == "__main__":
    main()
