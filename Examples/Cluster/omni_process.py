"""One `omni batch` for some lines: as many come out, in the same order."""
import subprocess


def answer(omni, model, lines, flags=()):
    """Answers questions, each a line of JSON. Raises when the process dies; the caller asks again."""
    # A process for each batch: when one dies, the next begins anew.
    done = subprocess.run(
        [omni, "batch", "-", "--model", model, *flags], input="".join(line + "\n" for line in lines),
        stdout=subprocess.PIPE, text=True)
    answers = done.stdout.splitlines()
    if done.returncode != 0 or len(answers) != len(lines):
        raise RuntimeError(f"omni has ended with status {done.returncode} after {len(answers)} of {len(lines)} answers")
    return answers
