"""Languages as BCP 47 tags (RFC 5646): `de`, `pt-BR`, `zh-Hant`.

An unspecified language is None and never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .data.iso_codes import language_code, language_name, two_letter_code
from .errors import DataError, Problem

NEUTRAL = "xx"
"""The code that spaCy uses for language-neutral tokenizers and pipelines."""

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.I | re.A,
)
# ISO 639-1, which most documents need: the table of all languages is not read for them
_TWO_LETTERS = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
_REPLACED = {"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}  # deprecated subtags in the IANA registry
_UNKNOWN = "und"


@lru_cache(maxsize=4096)
def canonical_language(tag: str) -> str | None:
    """Return a tag in the case that RFC 5646, 2.1.1 recommends, `PT-br` as `pt-BR`; None for unknown languages.

    A language must have its shortest code, as BCP 47 requires: `de` is valid, `deu` is not.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        return None
    language, *subtags = tag.lower().split("-")
    if match["language"] is not None:
        language = _REPLACED.get(language, language)
        if not _is_known(language):
            return None
    parts = [language]
    for subtag in subtags:
        before_singleton = all(len(part) > 1 for part in parts)  # all subtags after a singleton are lower case
        if before_singleton and len(subtag) == 4 and subtag.isalpha():
            subtag = subtag.title()
        elif before_singleton and len(subtag) == 2:
            subtag = subtag.upper()
        parts.append(subtag)
    return "-".join(parts)


def language_error(tag: str) -> tuple[str, str] | None:
    """Return what is wrong with a tag and how to fix it; None for a valid tag."""
    if canonical_language(tag) is not None:
        return None
    what = f"{tag!r} is not a language tag (BCP 47)"
    if tag.lower() == _UNKNOWN:
        return what, "leave it out if the language is unknown"
    if suggestion := _suggest_tag(tag):
        return what, f"write {suggestion}"
    return what, "write a tag such as de or pt-BR, or leave it out if the language is unknown"


def parse_language(tag: str) -> str:
    """Return the canonical form of a tag.

    Raises:
        DataError: The tag is not that of a known language.
    """
    if error := language_error(tag):
        raise DataError(Problem(*error))
    return canonical_language(tag) or tag


def primary_language(tag: str) -> str:
    """Return the language subtag, an ISO 639 code: `pt` for `pt-BR`."""
    return tag.partition("-")[0].lower()


def language_title(tag: str) -> str:
    """Return a tag with the English name of its language, for people and models: `German (de-AT)`."""
    name = language_name(primary_language(tag))
    return f"{name} ({tag})" if name else tag


def is_english(tag: str | None) -> bool:
    """Check whether a tag is English or unspecified, so that rules for English apply to the text."""
    return tag is None or primary_language(tag) == "en"


def _is_known(code: str) -> bool:
    if len(code) == 2:
        return code in _TWO_LETTERS
    if "qaa" <= code <= "qtz":  # for private use
        return True
    return code != _UNKNOWN and two_letter_code(code) == ""


def _suggest_tag(tag: str) -> str | None:
    """Return the tag that was probably meant by underscores, a longer code or an English name; None if unclear."""
    hyphenated = tag.strip().replace("_", "-")
    if (canonical := canonical_language(hyphenated)) is not None:
        return canonical
    code, hyphen, subtags = hyphenated.partition("-")
    language = language_code(code) if len(code) > 2 else None
    return language and canonical_language(f"{language}{hyphen}{subtags}")
