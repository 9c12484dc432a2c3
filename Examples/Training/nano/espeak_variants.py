"""Variants of espeak-ng's voices: those that come with it, and one that is drawn anew for every sentence.

A variant is a file of the folder `voices/!v` of its data, which says how to scale pitch and formants of a language's voice.
"""

import pathlib
import random
import tempfile

DRAWN = "drawn"


def installed() -> pathlib.Path:
    """The folder of the variants that come with espeak-ng."""
    for data in (*pathlib.Path("/usr/lib").glob("*/espeak-ng-data"), pathlib.Path("/usr/share/espeak-ng-data")):
        if (data / "voices" / "!v").is_dir():
            return data / "voices" / "!v"
    raise RuntimeError("espeak-ng's voices were not found; install espeak-ng")


def drawn(rng: random.Random) -> str:
    """The text of one variant."""
    low = 65 * 4 ** rng.random()  # Hz
    lines = ["language variant", f"pitch {low:.0f} {low * rng.uniform(1.15, 1.9):.0f}"]
    if rng.random() < 0.2:
        lines.append(f"klatt {rng.randint(1, 6)}")
    tract = 0.85 * 1.5 ** rng.random()
    for formant in range(9):
        # The first three say which vowel it is, so they move less; now and then the first is as low as in a small speaker.
        spread = 0.12 if formant < 4 else 0.3
        frequency = 100 * tract * rng.uniform(1 - spread, 1 + spread)
        if formant == 1 and rng.random() < 0.2:
            frequency *= rng.uniform(0.5, 0.8)
        strength = rng.uniform(50, 125) if formant < 6 else rng.uniform(0, 125)
        lines.append(f"formant {formant} {frequency:.0f} {strength:.0f} {rng.uniform(60, 180):.0f}")
    lines.append(f"voicing {rng.uniform(70, 230):.0f}")
    lines.append(f"consonants {rng.uniform(50, 150):.0f} {rng.uniform(50, 190):.0f}")
    lines.append(f"flutter {rng.randint(0, 5)}")
    lines.append(f"roughness {rng.randint(0, 5)}")
    if rng.random() < 0.3:
        points = sorted(rng.uniform(100, 4500) for _ in range(rng.randint(2, 5)))
        lines.append("tone " + " ".join(f"{point:.0f} {rng.uniform(30, 255):.0f}" for point in points))
    if rng.random() < 0.2:
        lines.append("breath " + " ".join(str(rng.randint(0, 4)) for _ in range(8)))
    if rng.random() < 0.2:
        lines.append(f"echo {rng.randint(20, 130)} {rng.randint(5, 15)}")
    if rng.random() < 0.3:
        lines.append("stressAmp " + " ".join(str(rng.randint(14, 26)) for _ in range(8)))
    if rng.random() < 0.3:
        lines.append("stressAdd " + " ".join(str(rng.randint(-30, 60)) for _ in range(8)))
    return "\n".join(lines) + "\n"


class Data:
    """A folder of espeak-ng's data with a variant `DRAWN` beside its own, as long as this lives."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        variants = self.folder / "espeak-ng-data" / "voices" / "!v"
        variants.mkdir(parents=True)
        for ours, origin in zip((variants, *variants.parents), (installed(), *installed().parents[:2])):
            for path in origin.iterdir():
                if not (ours / path.name).exists():
                    (ours / path.name).symlink_to(path)
        self._variant = variants / DRAWN
        self.draw(random.Random(0))

    def draw(self, rng: random.Random) -> None:
        """The next voice that is set with the variant `DRAWN` is another."""
        self._variant.write_text(drawn(rng))
