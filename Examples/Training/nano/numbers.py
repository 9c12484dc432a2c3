"""Numbers from 0 to 100 in words."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def spoken_number(n: int) -> list[str]:
    if n < 20:
        return [_ONES[n]]
    if n == 100:
        return ["one", "hundred"]
    return [_TENS[n // 10 - 2]] + ([_ONES[n % 10]] if n % 10 else [])
