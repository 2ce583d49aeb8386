"""The order of day and month in dates of two numbers and a year, such as 05/10/2023, by language."""

from __future__ import annotations

_DAY_FIRST = frozenset(
    """ar az be bg bn br bs ca cs cy da de el es et fa fi fo fr fy ga gd gl gu he hi hr hy id is it ka kk kn ky lb lv mk
    ml mr my nb nl nn no pa pl pt ro ru sk sl sq sr ta te tg th tk tr tt uk ur uz vi""".split()
)
"""Languages with the day first in all countries that write dates in numbers with the year last."""


def is_day_first(language: str | None) -> bool:
    """Check whether 05/10/2023 is certainly 5 October in a language; never so for English, which has both orders.

    Args:
        language: A BCP 47 tag in its canonical form; None if it is unknown.
    """
    return language is not None and language.partition("-")[0] in _DAY_FIRST and not language.endswith(("-US", "-PR"))
