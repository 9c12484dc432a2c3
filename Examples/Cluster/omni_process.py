"""One `omni batch` that stays: lines go in, and as many come out, in the same order."""
import subprocess, threading


class OmniProcess:
    def __init__(self, omni, model, flags=()):
        self.process = subprocess.Popen(
            [omni, "batch", "-", "--model", model, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self, lines):
        """Answers questions, each a line of JSON. Raises when the process dies: whoever asked asks another one again."""
        def write():
            try:
                self.process.stdin.write("".join(line + "\n" for line in lines))
                self.process.stdin.flush()
            except BrokenPipeError:
                pass  # The reader below sees it too.

        # A pipe holds little: while answers are read here, questions are written there.
        writer = threading.Thread(target=write)
        writer.start()
        answers = []
        for _ in lines:
            line = self.process.stdout.readline()
            if not line.endswith("\n"):
                raise RuntimeError(f"omni has ended with status {self.process.wait()}")
            answers.append(line.rstrip("\n"))
        writer.join()
        return answers
