"""A minute's test of the training code in a folder of its own: `python -m nano.selftest`"""

import os
import subprocess
import sys
import tempfile

STAGES = [
    ["nano.make_tokenizer"], ["nano.make_questions", "--shards", "1", "--per-shard", "500"], ["nano.voice"], ["nano.codes"],
    ["nano.train_codec", "decoder", "--minutes", "0.03"], ["nano.train_codec", "encoder", "--minutes", "0.03"],
    ["nano.train_joint", "--minutes", "0.15", "--batch", "8"], ["nano.train_joint", "--minutes", "0.2", "--batch", "8"],
    ["nano.train_vad", "--steps", "3", "--batch", "2"], ["nano.make_held_out", "--count", "4"],
    ["nano.export", "MODEL"], ["nano.export_vad", "MODEL"], ["nano.evaluate", "--model", "MODEL", "--count", "3", "--show", "0"],
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"OMNI_TRAINING_BUILD": folder}
        for stage in STAGES:
            arguments = [folder + "/model" if argument == "MODEL" else argument for argument in stage]
            print("==", *stage, flush=True)
            subprocess.run([sys.executable, "-m", *arguments], env=environment, check=True)
    print("all stages ran")


if __name__ == "__main__":
    main()
