"""Zones of an article by general rules: what is on the page but is not news, and the day of publication it states.

The rules look at a text's form, never at where it came from. Each finds candidates of one kind; where two overlap, the
kind that stands earlier in `_RULES` keeps its place. All but those of `_ANY_LANGUAGE` read English words, and are not
used on a text that is stated to be in another language.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise

from ...schema import Zone, is_english
from .publication_dates import DATE_FORM, parse_published

_Found = Iterator[tuple[int, int]]

_STAMP = re.compile(  # with a word before it, or on a line of its own; a byte order mark is no letter
    r"\ufeff?\s*(?:(?:date|dated|published|posted|updated)(?:\s+on)?:?\s*(?P<said>\d{4}-\d{2}-\d{2})(?=\s|$)"
    r"|(?P<alone>\d{4}-\d{2}-\d{2})(?=[ \t]*(?:[\r\n]|$)))",
    re.I,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]'’]", re.I)
_LINE = re.compile(r"[^\r\n]+")

_BY = re.compile(r"(?:By|BY|Written by|Story by|Words by|Text by)\s+")
_DESK = re.compile(r"\(?(?:Additional )?(?:Reporting|Writing|Editing|Compiled|Edited) by\s+")
_CONTRIBUTED = re.compile(r".{1,80}\bcontributed to this (?:report|article|story)\b.{0,40}")
_LINKING = frozenset(
    "and in by with for of the de van von der el la al bin additional reporting writing editing".split()
)
_MEDIA_WORDS = frozenset(
    "agency bureau broadcasting correspondent correspondents daily desk gazette herald journal magazine media monitor "
    "network news newspaper newsroom observer online post press radio reporter reporters review staff telegraph times "
    "tribune tv weekly wire writer afp ap reuters bbc cnn".split()
)
_SECTIONS = frozenset(
    "africa americas analysis asia asia-pacific business commentary conflict defence defense diplomacy economy "
    "editorial europe explainer features headlines international israel-palestine local military national news "
    "opinion politics regional security society technology top-stories us-news world world-news".split()
) | {"middle east", "middle east news", "top stories", "us news", "u.s. news", "world news", "breaking news"}
_SAID = r"(?:published|posted|updated|last updated|last modified|date|first published)(?: on| at)?:?\s+"
_TIME = re.compile(
    rf"(?:{_SAID})?"
    rf"(?:\d{{1,2}}:\d{{2}} ?[AP]\.?M\.?(?: \w+(?:[+-]\d+)?)?,? )?"
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? +)?(?:{DATE_FORM})"
    r"(?:\s*\(?(?:UTC|GMT|EST|EDT|ET|CET|BST|[AP]\.?M\.?)\)?)*",
    re.I,
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?][)\]’”\"']*(?=\s|$)|$)")
_LONGEST_SENTENCE = 600  # code points; a longer one has lost its punctuation
_PICTURE = frozenset(
    "photo photos image images picture video illustration via by courtesy of file credit handout pool".split()
)
_BRACKETED = re.compile(r"[(\[]([^()\[\]\n]{3,120})[)\]]")
_PICTURE_OF = re.compile(
    r"(?:file )?(?:photo|image|picture|video|illustration|credit)s?(?: credits?)?(?: by|:| courtesy)", re.I
)
_AGENCY = re.compile(r"/ ?(?:AP|AFP|EPA|Reuters|Getty)\b|\b(?:AP|AFP|EPA|Reuters|Getty)(?:/| Photo\b| Images\b)", re.I)
_CREDITS = (
    re.compile(
        r"(?<![\w.'’-])(?:[A-Z][\w.'’-]{0,40} ){0,4}[A-Z][\w.'’-]{0,40}(?:/[A-Z]\w*(?: [A-Z]\w*){0,2})?"
        r" via (?:Getty Images|(?:Getty|AP|AFP|Reuters)(?: Images)?(?=\s*(?:[\r\n]|$)))"
    ),
    re.compile(r"\bREUTERS/[A-Z]\w+(?: [A-Z]\w+){0,3}"),
    re.compile(
        r"^(?:(?:photo|image|picture|video)(?: credits?)?(?: by|:)|image source,|source:)[^\n]{1,120}$", re.I | re.M
    ),
)
_NOTICE = re.compile(
    r"appearing in the metadata|remove (?:the erroneous|it|them) .{0,60}(?:servers|services|systems)"
    r"|mentions?(?:\[s\])? from all your|authorized by \w+ to distribute"
    r"|failure to (?:promptly )?comply with these instructions|liability on your part|attention and prompt action"
    r"|sorry for the inconvenience this notification|restricted to editorial use|mandatory credit"
    r"|(?-i:\bNO (?:SALES|RESALE|ARCHIVES?)\b)|\beditor(?:['’]?s|s['’])? note\b|attention,? editors\b|notice to editors"
    r"|this (?:image|photo|picture|video|material) (?:was|has been) (?:supplied|provided|distributed|altered) by",
    re.I,
)
_RELATED = re.compile(
    r"(?:read (?:also|more|next|the full \w+)|also read|see also|more (?:on this story|stories)"
    r"|related(?: (?:articles?|stories|story|news|content|topics|links?|posts?))?|recommended(?: (?:stories|articles))?"
    r"|you (?:may|might) also like|trending(?: now)?|latest stories|click here|keep reading|watch)"
    r"(?P<rest>\s*[:|]\s*\S.*|\s+[–—-]\s+\S.*)?\s*:?"
    r"|(?:read (?:also|more|next)|also read|see also)\s+(?-i:[A-Z(“\"‘]).*",
    re.I,
)
_DISCLAIMER = re.compile(
    r"[^\n.]{0,150}\b(?:views?|opinions?)(?: and \w+)? expressed"
    r" (?:(?:in|on|by) (?:this|the author|the writer|the contributor)|here|herein|are)[^\n]{0,300}"
    r"|disclaimer\s*[:–—-][^\n]+|all rights reserved\.?|(?:copyright|©|\(c\))\s*(?:©\s*)?\d{4}[^\n]*"
    r"|this (?:article|material|story|report) (?:may not be (?:published|reproduced|broadcast|rewritten|copied)"
    r"|was (?:auto|machine)|has not been edited)[^\n]*",
    re.I,
)


def find_zones(text: str, language: str | None = None) -> list[Zone]:
    """The zones of a text, in order, none overlapping; offsets in code points.

    Args:
        text: Of an article.
        language: That the text is stated to be in; in another than English only stamps and addresses are found.
    """
    taken: list[Zone] = []
    for kind, rule in _RULES:
        for start, end in rule(text) if kind in _ANY_LANGUAGE or is_english(language) else ():
            at = bisect_left(taken, start, key=lambda zone: zone.start)
            before, after = taken[at - 1] if at else None, taken[at] if at < len(taken) else None
            if start < end and (before is None or before.end <= start) and (after is None or end <= after.start):
                taken.insert(at, Zone(start, end, kind))
    return taken


def stated_day(text: str, zones: list[Zone]) -> tuple[str | None, str]:
    """The day of publication that a text states, `YYYY-MM-DD`, and the kind of zone that states it.

    A stamp decides over a time of publication; None and an empty kind where neither names one day.
    """
    for kind in ("stamp", "time"):
        for zone in zones:
            surface = text[zone.start : zone.end]
            if zone.kind == kind:
                stated = _STAMP.match(surface)
                written = _stamped(stated) if stated else re.sub(_SAID, "", surface, count=1, flags=re.I)
                day = parse_published(written)
                if day is not None:
                    return day, kind
    return None, ""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with text in it, its outer white space left off, and where it starts."""
    for match in _LINE.finditer(text):
        if line := match.group().strip():
            yield match.start() + match.group().index(line[0]), line


def _head(text: str) -> Iterator[tuple[int, str]]:
    """The short lines before the article's first paragraph, and those like them: where bylines and sections stand."""
    for start, line in _lines(text):
        if len(line) > 140 and not _URL.fullmatch(line):
            return
        yield start, line


def _stamps(text: str) -> _Found:
    if (match := _STAMP.match(text)) and parse_published(_stamped(match)):
        yield match.span()  # the blanks before it belong to the stamp


def _stamped(match: re.Match[str]) -> str:
    return match["said"] or match["alone"]


def _urls(text: str) -> _Found:
    return (match.span() for match in _URL.finditer(text))


def _bylines(text: str) -> _Found:
    for start, line in _lines(text):
        if len(line) <= 240 and _is_byline(line):
            yield start, start + len(line)
    for number, (start, line) in enumerate(_head(text)):
        words = re.findall(r"[\w-]+", line)
        capital = 1 <= len(words) <= 6 and all(word[0].isupper() for word in words) and line[-1] not in ".!?:"
        # below the title, a short line of capitalised words that ends in the word for a medium: the masthead
        last = words[-2:] if words[-1:] and words[-1].lower() in ("group", "service", "corporation") else words[-1:]
        if number and capital and not _MEDIA_WORDS.isdisjoint(word.lower() for word in last):
            yield start, start + len(line)


def _is_byline(line: str) -> bool:
    """Whether a line names writers and nothing else: a first and a last name, or a medium, after the word for it."""
    if _CONTRIBUTED.fullmatch(line):
        return True
    if not (said := _BY.match(line) or _DESK.match(line)):
        return False
    words = _words(line[said.end() :])
    names = all(word[0].isupper() or word.lower() in _LINKING for word in words)
    proper = [word[0].isupper() and word.lower() not in _LINKING for word in words]
    full = any(map(all, pairwise(proper))) or not _MEDIA_WORDS.isdisjoint(word.lower() for word in words)
    return names and full and len(words) <= (12 if said.re is _BY else 40)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w.'’-]*", text)


def _sections(text: str) -> _Found:
    for start, line in _head(text):
        if line.lower().strip(" |>/") in _SECTIONS:
            yield start, start + len(line)


def _times(text: str) -> _Found:
    for start, line in _head(text):
        if len(line) <= 80 and _TIME.fullmatch(line):
            yield start, start + len(line)


def _credits(text: str) -> _Found:
    yield from _bracketed_credits(text, 0, len(text))
    for pattern in _CREDITS:
        yield from (match.span() for match in pattern.finditer(text))


def _bracketed_credits(text: str, start: int, end: int) -> _Found:
    """Brackets that begin as a picture's credit does, or that name an agency and otherwise names alone."""
    for match in _BRACKETED.finditer(text, start, end):
        names = all(word[0].isupper() or word.lower() in _PICTURE for word in _words(match.group(1)))
        if _PICTURE_OF.match(match.group(1)) or (names and _AGENCY.search(match.group(1))):
            yield match.span()


def _notices(text: str) -> _Found:
    """In each paragraph the runs of sentences that speak to an agency's clients."""
    for start, line in _lines(text):
        run: tuple[int, int] | None = None
        for sentence in _SENTENCE.finditer(line):
            speaks = len(sentence.group()) <= _LONGEST_SENTENCE and _NOTICE.search(sentence.group())
            if speaks:
                run = (run[0] if run else _after_credit(line, *sentence.span()), sentence.end())
            if run and (not speaks or sentence.end() == len(line)):
                yield start + run[0], start + run[1]
                run = None


def _after_credit(line: str, start: int, end: int) -> int:
    """Where a sentence begins, once a photo credit and a slash that stand before it with no full stop are left off."""
    ends = (place for _, place in _bracketed_credits(line, start, end) if _NOTICE.search(line, place, end))
    begin = max([start, *ends])
    return end - len(line[begin:end].lstrip(" /|–—-"))


def _related(text: str) -> _Found:
    lines = list(_lines(text))
    for number, (start, line) in enumerate(lines):
        match = _RELATED.fullmatch(line) if len(line) <= 240 else None
        if match is None:
            continue
        end = start + len(line)
        if match["rest"] is None:  # a heading: the titles right below it are links
            for below, title in lines[number + 1 :]:
                if text[end:below].count("\n") > 1 or len(title) > 200 or re.search(r"[.!?][\"'”’)]*$", title):
                    break
                end = below + len(title)
        yield start, end


def _disclaimers(text: str) -> _Found:
    for start, line in _lines(text):
        if match := _DISCLAIMER.fullmatch(line):
            yield start + match.start(), start + match.end()


_ANY_LANGUAGE = ("stamp", "url")
_RULES: tuple[tuple[str, Callable[[str], _Found]], ...] = (
    ("stamp", _stamps),
    ("url", _urls),
    ("related", _related),
    ("disclaimer", _disclaimers),
    ("time", _times),
    ("section", _sections),
    ("notice", _notices),
    ("credit", _credits),
    ("byline", _bylines),
)
