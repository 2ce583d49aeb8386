"""Zones of an article by general rules: what is on the page but is not news, and the day of publication it states.

The rules look at a text's form, never at where it came from. Each finds candidates of one kind; where two overlap, the
kind that stands earlier in `_RULES` keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..schema import Zone
from .published import DATE_FORM, parse_published

_Found = Iterator[tuple[int, int]]

_STAMP = re.compile(r"\s*(?:(?:date|dated|published|posted|updated)(?:\s+on)?:?\s*)?(\d{4}-\d{2}-\d{2})(?=\s|$)", re.I)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]'’]", re.I)
_LINE = re.compile(r"[^\r\n]+")

_PERSON = r"[A-Z][\w.'’-]*(?:\s+(?:(?:al|bin|de|van|von|der|el|la)[\s-])?[A-Z][\w.'’-]*){0,4}"
_BYLINE = re.compile(
    rf"(?:By|BY|Written by|Story by|Words by)\s+{_PERSON}(?:(?:,|\s+and|\s+in|\s*[|/–—-])\s+{_PERSON})*[.,]?"
    r"|\(?(?:Additional )?(?:Reporting|Writing|Editing|Compiled|Edited) by\b.{1,200}"
    r"|.{1,60}\bcontributed to this (?:report|article|story)\b.{0,40}"
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
    rf"(?:{_SAID})?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? +)?(?:{DATE_FORM})"
    r"(?:\s*\(?(?:UTC|GMT|EST|EDT|ET|CET|BST|[AP]\.?M\.?)\)?)*",
    re.I,
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?][)\]’”\"']*(?=\s|$)|$)")
_CREDITS = (
    re.compile(
        r"[(\[](?:file )?(?:photo|image|picture|video|illustration|credit)s?(?: credits?)?(?: by|:| courtesy)"
        r"[^()\[\]\n]{1,120}[)\]]",
        re.I,
    ),
    re.compile(  # brackets that hold an agency with a slash, or with the word for its picture
        r"[(\[](?=[^()\[\]\n]{3,160}[)\]])[^()\[\]\n]*(?:/ ?(?:AP|AFP|EPA|Reuters|Getty)\b"
        r"|\b(?:AP|AFP|EPA|Reuters|Getty)(?:/| Photo\b| Images\b))[^()\[\]\n]*[)\]]"
    ),
    re.compile(
        r"(?<!\w)(?:[A-Z][\w.'’-]*[ ]){0,4}[A-Z][\w.'’-]*(?:/[A-Z]\w*(?: [A-Z]\w*){0,2})?"
        r" via (?:Getty|AP|AFP|Reuters)(?: Images)?"
    ),
    re.compile(r"^(?:photo|image|picture|video)(?: credits?)?(?: by|:)[^\n]{1,120}$", re.I | re.M),
)
_NOTICE = re.compile(
    r"appearing in the metadata|remove (?:the erroneous|it|them) .{0,60}(?:servers|services|systems)"
    r"|mentions?(?:\[s\])? from all your|authorized by \w+ to distribute"
    r"|failure to (?:promptly )?comply with these instructions|liability on your part|attention and prompt action"
    r"|sorry for the inconvenience this notification|restricted to editorial use|mandatory credit"
    r"|(?-i:\bNO (?:SALES|RESALE|ARCHIVES?)\b)|^editors?['’]? note\b|attention,? editors\b|notice to editors"
    r"|this (?:image|photo|picture|video|material) (?:was|has been) (?:supplied|provided|distributed|altered) by",
    re.I,
)
_RELATED = re.compile(
    r"(?:read (?:also|more|next|the full \w+)|also read|see also|more (?:on this story|stories)"
    r"|related(?: (?:articles?|stories|story|news|content|topics|links?|posts?))?|recommended(?: (?:stories|articles))?"
    r"|you (?:may|might) also like|trending(?: now)?|latest stories|click here|watch)"
    r"(?P<rest>\s*[:|]\s*\S.*|\s+[–—-]\s+\S.*)?\s*:?"
    r"|(?:read (?:also|more|next)|also read|see also)\s+(?-i:[A-Z(“\"‘]).*",
    re.I,
)
_DISCLAIMER = re.compile(
    r"[^\n.]*\b(?:views?|opinions?)(?: and \w+)? expressed"
    r" (?:(?:in|on|by) (?:this|the author|the writer|the contributor)|here|herein|are)[^\n]{0,300}"
    r"|disclaimer\s*[:–—-][^\n]+|all rights reserved\.?|(?:copyright|©|\(c\))\s*(?:©\s*)?\d{4}[^\n]*"
    r"|this (?:article|material|story|report) (?:may not be|was (?:auto|machine)|has not been edited)[^\n]*",
    re.I,
)


def find_zones(text: str) -> list[Zone]:
    """The zones of a text, in order, none overlapping; offsets in code points."""
    taken: list[Zone] = []
    for kind, rule in _RULES:
        for start, end in rule(text):
            if start < end and all(end <= zone.start or zone.end <= start for zone in taken):
                taken.append(Zone(start, end, kind))
    return sorted(taken, key=lambda zone: zone.start)


def stated_day(text: str, zones: list[Zone]) -> tuple[str | None, str]:
    """The day of publication that a text states, `YYYY-MM-DD`, and the kind of zone that states it.

    A stamp decides over a time of publication; None and an empty kind where neither names one day.
    """
    for kind in ("stamp", "time"):
        for zone in zones:
            surface = text[zone.start : zone.end]
            if zone.kind == kind:
                stated = _STAMP.fullmatch(surface)
                day = parse_published(stated.group(1) if stated else re.sub(_SAID, "", surface, count=1, flags=re.I))
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
    if (match := _STAMP.match(text)) and parse_published(match.group(1)):
        yield match.span()  # the blanks before it belong to the stamp


def _urls(text: str) -> _Found:
    return (match.span() for match in _URL.finditer(text))


def _bylines(text: str) -> _Found:
    for start, line in _lines(text):
        if len(line) <= 240 and _BYLINE.fullmatch(line):
            yield start, start + len(line)
    for number, (start, line) in enumerate(_head(text)):
        words = re.findall(r"[\w-]+", line)
        # below the title, a short line of capitalised words one of which names a medium: the publisher's masthead
        capital = 1 <= len(words) <= 6 and all(word[0].isupper() for word in words) and line[-1] not in ".!?:"
        if number and capital and not _MEDIA_WORDS.isdisjoint(word.lower() for word in words):
            yield start, start + len(line)


def _sections(text: str) -> _Found:
    for start, line in _head(text):
        if line.lower().strip(" |>/") in _SECTIONS:
            yield start, start + len(line)


def _times(text: str) -> _Found:
    for start, line in _head(text):
        if len(line) <= 80 and _TIME.fullmatch(line):
            yield start, start + len(line)


def _credits(text: str) -> _Found:
    return (match.span() for pattern in _CREDITS for match in pattern.finditer(text))


def _notices(text: str) -> _Found:
    """In each paragraph the run of sentences from the first to the last that speaks to an agency's clients."""
    for start, line in _lines(text):
        speaking = [sentence for sentence in _SENTENCE.finditer(line) if _NOTICE.search(sentence.group())]
        if speaking:
            opening, end = speaking[0].start(), speaking[-1].end()
            # a photo credit may stand before it with no full stop between
            ends = [match.end() for pattern in _CREDITS for match in pattern.finditer(line, opening, speaking[0].end())]
            opening = max([opening, *(place for place in ends if _NOTICE.search(line, place, end))])
            yield start + end - len(line[opening:end].lstrip(" /|–—-")), start + end


def _related(text: str) -> _Found:
    lines = list(_lines(text))
    for number, (start, line) in enumerate(lines):
        match = _RELATED.fullmatch(line) if len(line) <= 240 else None
        if match is None:
            continue
        end = start + len(line)
        if match["rest"] is None:  # a heading: the titles right below it are links
            for below, title in lines[number + 1 :]:
                if text[end:below].count("\n") > 1 or len(title) > 200 or title.endswith("."):
                    break
                end = below + len(title)
        yield start, end


def _disclaimers(text: str) -> _Found:
    for start, line in _lines(text):
        if match := _DISCLAIMER.fullmatch(line):
            yield start + match.start(), start + match.end()


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
