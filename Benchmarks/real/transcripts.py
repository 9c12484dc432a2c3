"""What `omni transcribe` writes down: every recording in every mode of reference.py at temperature 0, as JSON.

    python transcripts.py base.pt multilingual.tiktoken FOLDER_OF_RECORDINGS OUT.json [--omni OMNI] [--precision float32]
"""
import argparse
import json
import pathlib
import subprocess

MODES = {
    "greedy": [],
    "greedy-text": ["--no-timestamps"],
    "beam": ["--beam", "5"],
    "beam-text": ["--beam", "5", "--no-timestamps"],
    "words": ["--word-timestamps"],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("ranks")
    parser.add_argument("recordings", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--omni", default="Examples/.build/release/omni")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--mode", action="append", choices=list(MODES))
    arguments = parser.parse_args()
    files = sorted(arguments.recordings.glob("*.wav"))
    results = {}
    for mode in arguments.mode or MODES:
        command = [arguments.omni, "transcribe", "--model", arguments.model, "--tokenizer", arguments.ranks, "--json",
                   "--temperatures", "0", "--precision", arguments.precision, "--threads", arguments.threads, *MODES[mode]]
        # A recording without speech is refused, which the exit status says.
        output = subprocess.run([*command, *files], stdout=subprocess.PIPE, text=True).stdout
        for path, result in zip(files, json.loads(output), strict=True):
            if "error" in result:
                print(f"{path.stem}: {result['error']}")
            else:
                results.setdefault(path.stem, {})[mode] = result
    arguments.out.write_text(json.dumps(results, ensure_ascii=False))


main()
