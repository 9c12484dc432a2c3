"""Ray and Spark with an `omni` process killed in the middle: the answers are those of one process, byte by byte."""
import json, os, pathlib, signal, subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
OMNI = os.environ.get("OMNI", str(HERE.parent / ".build/release/omni"))
MODEL = os.environ.get("OMNI_TEST_MODEL", str(HERE.parent / "Models/nano"))
FLAGS = ["--audio", "--tokens"]


def questions():
    """Every bundled recording in several modes and with several seeds."""
    for index in range(6):
        for path in sorted((HERE.parent / "Audio").glob("*.wav")):
            mode = ["a1a2-batch", "a1a2", "a1t2", "a1t1"][index % 4]
            yield {"id": f"{path.stem}-{index}", "path": str(path), "mode": mode, "seed": index}


class Killer(threading.Thread):
    """Kills the first `omni batch` that has worked for a while, once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.killed = None

    def run(self):
        while self.killed is None:
            for entry in pathlib.Path("/proc").iterdir():
                try:
                    command = (entry / "cmdline").read_bytes().split(b"\0")
                    ticks = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[11])
                except (OSError, ValueError, IndexError):
                    continue
                # A third of a second of computing: it has loaded the model and answers.
                if command[0] == OMNI.encode() and b"batch" in command and ticks > 30:
                    os.kill(int(entry.name), signal.SIGKILL)
                    self.killed = int(entry.name)
                    return
            time.sleep(0.01)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source, expected = folder / "questions.jsonl", folder / "expected.jsonl"
        source.write_text("".join(json.dumps(question) + "\n" for question in questions()))
        subprocess.run([OMNI, "batch", source, "-o", expected, "--model", MODEL, *FLAGS], check=True)
        for script in sys.argv[1:] or ["ray", "spark"]:
            output = folder / f"{script}.jsonl"
            killer = Killer()
            killer.start()
            name = {"ray": "ray_batch.py", "spark": "spark_pipe.py"}[script]
            subprocess.run(
                [sys.executable, HERE / name, source, output, "--model", MODEL, "--omni", OMNI, "--", *FLAGS], check=True)
            assert killer.killed, "no process was killed"
            assert output.read_bytes() == expected.read_bytes(), f"{script}: other answers than one process gives"
            print(f"{script}: process {killer.killed} was killed; the same {expected.stat().st_size} bytes")


main()
