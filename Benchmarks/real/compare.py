"""Compares transcripts with those of openai-whisper, token for token, and prints a table.

    python compare.py REFERENCE.json OURS.json

The files are those of reference.py and transcripts.py: for each recording and mode "text", "language", "segments" with
"tokens" and "words". Recordings whose tokens differ are listed with the first difference. Words are compared by text
and time.
"""
import json
import sys


def tokens(result):
    return [token for segment in result["segments"] for token in segment["tokens"]]


def words(result):
    return [word for segment in result["segments"] for word in segment.get("words", [])]


def main():
    reference, ours = (json.load(open(path)) for path in sys.argv[1:3])
    modes = sorted({mode for result in reference.values() for mode in result})
    for mode in modes:
        same = differing = 0
        far, times, count = [], 0.0, 0
        for name in sorted(reference):
            expected, found = reference[name].get(mode), ours.get(name, {}).get(mode)
            if expected is None or found is None:
                continue
            a, b = tokens(expected), tokens(found)
            if a == b and expected["language"] == found["language"] and expected["text"] == found["text"]:
                same += 1
            else:
                differing += 1
                place = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                print(f"  {mode} {name}: {expected['language']}/{found['language']} token {place} of {len(a)}/{len(b)}: "
                      f"{a[place:place + 3]} {b[place:place + 3]}")
                print(f"    {expected['text'][:110]!r}\n    {found['text'][:110]!r}")
                continue
            for x, y in zip(words(expected), words(found)):
                count += 1
                distance = max(abs(x["start"] - y["start"]), abs(x["end"] - y["end"]))
                times = max(times, distance)
                if distance > 0.040001 or x["word"] != y["word"]:
                    far.append((name, x, y))
        print(f"{mode:12} equal {same}, different {differing}"
              + (f", words {count}, farthest {times * 1000:.0f} ms, beyond 40 ms {len(far)}" if count else ""))
        for name, x, y in far[:10]:
            print(f"    {name}: {x['word']!r} {x['start']:.2f}-{x['end']:.2f} / {y['word']!r} {y['start']:.2f}-{y['end']:.2f}")


main()
