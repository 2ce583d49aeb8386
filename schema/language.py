"""Languages as BCP 47 tags (RFC 5646): `de`, `pt-BR`, `zh-Hant`.

A language that nobody stated is None. Nothing guesses one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .errors import DataError, Problem

NEUTRAL = "xx"
"""What spaCy calls a tokeniser or a pipeline that is for no language in particular."""

_FORM = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.I | re.A,
)
# ISO 639-1; kept here because loading pycountry takes longer than reading a small corpus
_TWO_LETTERS = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
_REPLACED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}  # deprecated subtags of IANA's registry
_UNKNOWN = "und"


@lru_cache(maxsize=4096)
def canonical_language(tag: str) -> str | None:
    """A tag in the case that RFC 5646, 2.1.1 recommends, `PT-br` as `pt-BR`; None for what is not a known language's.

    A language has its shortest code, as BCP 47 asks: `de` is a tag, `deu` is not.
    """
    form = _FORM.fullmatch(tag)
    if form is None:
        return None
    first, *rest = tag.lower().split("-")
    if form["language"] is not None:
        first = _REPLACED.get(first, first)
        if not _known(first):
            return None
    parts = [first]
    for part in rest:
        plain = all(len(before) > 1 for before in parts)  # nothing behind a singleton has a case of its own
        if plain and len(part) == 4 and part.isalpha():
            part = part.title()
        elif plain and len(part) == 2:
            part = part.upper()
        parts.append(part)
    return "-".join(parts)


def language_fault(tag: str) -> tuple[str, str] | None:
    """What is wrong with a tag, and the fix; None where nothing is."""
    if canonical_language(tag) is not None:
        return None
    what = f"{tag!r} is not a language tag (BCP 47)"
    if tag.lower() == _UNKNOWN:
        return what, "leave it out where the language is unknown"
    if better := _better(tag):
        return what, f"write {better}"
    return what, "a tag such as de or pt-BR; leave it out where the language is unknown"


def parse_language(tag: str) -> str:
    """The canonical form of a tag.

    Raises:
        DataError: It is not the tag of a known language.
    """
    if fault := language_fault(tag):
        raise DataError(Problem(*fault))
    return canonical_language(tag) or tag


def primary_language(tag: str) -> str:
    """The language alone, an ISO 639 code: `pt` of `pt-BR`."""
    return tag.partition("-")[0].lower()


def is_english(tag: str | None) -> bool:
    """Whether rules for English may be used on a text: its language is English, or nobody stated another one."""
    return tag is None or primary_language(tag) == "en"


def _known(code: str) -> bool:
    if len(code) == 2:
        return code in _TWO_LETTERS
    if "qaa" <= code <= "qtz":  # for private use
        return True
    from pycountry import languages

    found = languages.get(alpha_3=code)
    return found is not None and code != _UNKNOWN and getattr(found, "alpha_2", None) is None


def _better(tag: str) -> str | None:
    """The tag that was probably meant: with hyphens, with the shortest code, for an English name of a language."""
    from pycountry import languages

    spelled = tag.strip().replace("_", "-")
    if (better := canonical_language(spelled)) is not None:
        return better
    code, hyphen, rest = spelled.partition("-")
    try:
        found = languages.lookup(code) if len(code) > 2 else None
    except LookupError:
        found = None
    return found and canonical_language(f"{getattr(found, 'alpha_2', found.alpha_3)}{hyphen}{rest}")
