"""Writes mel_filters.json from the `mel_filters.npz` that openai-whisper ships (whisper/assets, MIT).

    python3 mel_filters.py path/to/mel_filters.npz > mel_filters.json

For each bank and each filter: the first frequency with a weight, and the weights from there to the last.
"""

import json
import sys

import numpy

banks = {}
with numpy.load(sys.argv[1]) as archive:
    for name in archive.files:
        rows = []
        for row in archive[name]:
            (places,) = row.nonzero()
            first, end = int(places[0]), int(places[-1]) + 1
            rows.append({"first": first, "weights": [float(f"{w:.9g}") for w in row[first:end]]})
        banks[name] = rows
json.dump(banks, sys.stdout, separators=(",", ":"))
