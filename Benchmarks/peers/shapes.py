"""Dimensions of the released model, and how things are timed."""

import time

LAYERS, WIDTH, HEADS, GROUPS, HEAD_WIDTH, MLP = 24, 896, 14, 2, 64, 4864
ROWS, CONTEXT = 181_120, 150
ENCODER_LAYERS, ENCODER_WIDTH, ENCODER_HEADS, ENCODER_CONTEXT, MELS = 12, 768, 12, 1500, 80


def median(work, least_count=5, seconds=2.0):
    """The median time of `work()`, in seconds: once to warm up, then at least `least_count` times and for `seconds`."""
    work()
    times, start = [], time.perf_counter()
    while len(times) < least_count or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
        if time.perf_counter() - start > 10 * seconds and len(times) >= 3:
            break
    return sorted(times)[len(times) // 2]
