"""The interval that a row of numerals denotes, and the division of a row into amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from ..cardinals import Cardinal, parse_cardinal
from ..numerals import Numeral

_ONE = Numeral("small", 0, 0, Fraction(1))
_AND = Numeral("and", 0, 0, Fraction(0))
_MAX_JOINTS = 8


def interval_of(row: Sequence[Numeral], *, between: bool = False) -> tuple[int, int | None, bool] | None:
    """Return the bounds of a row without modifiers, None for an open one, and whether they are approximate.

    The result is None if the row is not understood.
    """
    if row[0].kind == "many":
        return _many(row)
    number = None if between else parse_cardinal(row)
    pair = (number, number) if number is not None else _range(row, ("and", "link") if between else ("link",))
    if pair is None or pair[0].value.denominator > 1 or pair[1].value.denominator > 1:
        return None
    return pair[0].value.numerator, pair[1].value.numerator, any(map(_is_vague, row))


def _is_vague(word: Numeral) -> bool:
    """Check whether a numeral makes an amount approximate: "dozen", "a couple"."""
    return word.kind == "couple" or (word.kind == "scale" and word.value == 12)


def _many(row: Sequence[Numeral]) -> tuple[int, None, bool] | None:
    """Return the interval, from two upwards, of "dozens", "tens of thousands" or "several hundred thousand"."""
    if len(row) > 1 and all(word.kind in ("hundred", "scale") for word in row[1:]):
        scale = parse_cardinal([_ONE, *row[1:]])
        return (2 * int((row[0].value or 0) * scale.value), None, True) if scale is not None else None
    values = [int(word.value) for word in row[::2] if word.kind == "many" and word.value is not None]
    if [word.kind for word in row] == ["many"]:
        return 2 * values[0], None, True
    if [word.kind for word in row] == ["many", "of", "many"] and values[0] < values[1]:
        return 2 * values[0] * values[1], None, True
    return None


def _range(row: Sequence[Numeral], joints: Sequence[str]) -> tuple[Cardinal, Cardinal] | None:
    """Return the two ends of a range; None if there is no way, or more than one, to read it."""
    ranges = []
    for position in range(1, len(row) - 1):
        if row[position].kind in joints:
            high = parse_cardinal(row[position + 1 :])
            low = (
                parse_cardinal(row[:position])
                if high is None or not _may_share(row[:position], high)
                else _with_shared_scale(row[:position], high)
            )
            if low is not None and high is not None:
                ranges.append((low, high))
    return ranges[0] if len(ranges) == 1 and ranges[0][0].value < ranges[0][1].value else None


def _may_share(row: Sequence[Numeral], after: Cardinal) -> bool:
    """Check whether the scale of a number may apply to the row before it too: "six to seven thousand"."""
    number = parse_cardinal(row)
    return after.scale > 1 and (number is None or (number.value < after.lead and number.scale < after.scale))


def _with_shared_scale(row: Sequence[Numeral], after: Cardinal) -> Cardinal | None:
    """Return a row with the scale of the number after it; None if it is unclear whether the scale applies.

    It is unclear if that number has a remainder ("two to three thousand five hundred") or separators ("10-12,000").
    """
    scale = Numeral("scale", row[-1].end, row[-1].end, Fraction(after.scale))
    return parse_cardinal([*row, scale]) if after.pure else None


def split_amounts(row: Sequence[Numeral], apart: bool) -> list[Sequence[Numeral]]:
    """Divide a row into amounts: "5 and 8", "from 300 to 450"; the undivided row if the division is not certain."""
    if not 0 < sum(word.kind in ("and", "link") for word in row) <= _MAX_JOINTS:
        return [row]
    divisions = sorted(_divisions(row, apart), key=len)
    if not divisions or (len(divisions) > 1 and len(divisions[0]) == len(divisions[1])):
        return [row]
    if any(_belong_together(a, b) for a, b in pairwise(divisions[0])):
        return [row]
    return divisions[0]


def _belong_together(a: Sequence[Numeral], b: Sequence[Numeral]) -> bool:
    """Check whether two amounts joined by "and" may be one number, so that neither is certain."""
    after = parse_cardinal(b)
    if after is None or (after.pure and _may_share(a, after)):  # "three and four hundred"
        return True
    if a[-1].kind == "many" and after.value < (a[-1].value or 0):  # "several hundred and twenty"
        return True
    if a[-1].kind == "small" and b[0].kind == "tens":  # "five and twenty"
        return True
    # "1 to a hundred and one"
    return any(parse_cardinal([*a[position:], _AND, *b]) is not None for position in range(len(a)))


def _divisions(row: Sequence[Numeral], apart: bool) -> Iterator[list[Sequence[Numeral]]]:
    if (parse_cardinal(row) if apart else interval_of(row)) is not None:
        yield [row]
    for position, word in enumerate(row[:-1]):
        if word.kind == "and" or (apart and word.kind == "link"):
            head = row[:position]
            if position and (parse_cardinal(head) if apart else interval_of(head)) is not None:
                yield from ([head, *rest] for rest in _divisions(row[position + 1 :], apart))
