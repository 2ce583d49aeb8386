"""Rule-based detection of zones, the parts of an article's page that are not news, and of the publication date.

The rules depend on the form of a text, never on its source. Each rule yields candidates of one kind; of overlapping
candidates, the kind that is listed first in `_RULES` is kept. All rules except those of `_ANY_LANGUAGE` are for
English, and are not applied to texts in another stated language.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise

from ...schema import Zone, is_english
from .publication_dates import DATE_PATTERN, parse_publication_date

_Bounds = Iterator[tuple[int, int]]

_STAMP = re.compile(  # after a word such as "published", or alone on a line; possibly after a byte order mark
    r"\ufeff?\s*(?:(?:date|dated|published|posted|updated)(?:\s+on)?:?\s*"
    r"(?P<introduced>\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}\.?,? \d{4}"
    r"|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?=\s|$)(?![ \t]+(?:at\s+)?\d{1,2}[:.h]\d{2})"
    r"|(?P<alone>\d{4}-\d{2}-\d{2})(?=[ \t]*(?:[\r\n]|$)))",
    re.I,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]'’]", re.I)
_LINE = re.compile(r"[^\r\n]+")

_WRITTEN_BY = re.compile(r"(?:By|BY|Written by|Story by|Words by|Text by)\s+")
_EDITED_BY = re.compile(r"\(?(?:Additional )?(?:Reporting|Writing|Editing|Compiled|Edited) by\s+")
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
_PUBLISHED = r"(?:published|posted|updated|last updated|last modified|date|first published)(?: on| at)?:?\s+"
_TIME_LINE = re.compile(
    rf"(?:{_PUBLISHED})?"
    rf"(?:\d{{1,2}}:\d{{2}} ?[AP]\.?M\.?(?: \w+(?:[+-]\d+)?)?,? )?"
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? +)?(?:{DATE_PATTERN})"
    r"(?:\s*\(?(?:UTC|GMT|EST|EDT|ET|CET|BST|[AP]\.?M\.?)\)?)*",
    re.I,
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?][)\]’”\"']*(?=\s|$)|$)")
_MAX_SENTENCE = 600  # code points; a longer sentence lacks its punctuation
_CREDIT_WORDS = frozenset(
    "photo photos image images picture video illustration via by courtesy of file credit handout pool".split()
)
_BRACKETED = re.compile(r"[(\[]([^()\[\]\n]{3,120})[)\]]")
_CREDIT_PREFIX = re.compile(
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
_TAGS = re.compile(
    r"(?:tags?|topics?|keywords?|key words|categor(?:y|ies)|filed under|more on|in this story)\s*:\s*(?P<tags>\S.*)"
    r"|(?:#\w+[,;]?\s+)+#\w+",
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
    """Find the zones of a text.

    Args:
        text: The text of an article.
        language: The stated language of the text; if it is not English, only stamps and URLs are found.

    Returns:
        The zones in order, without overlaps; offsets in code points.
    """
    zones: list[Zone] = []
    for kind, rule in _RULES:
        for start, end in rule(text) if kind in _ANY_LANGUAGE or is_english(language) else ():
            index = bisect_left(zones, start, key=lambda zone: zone.start)
            before, after = zones[index - 1] if index else None, zones[index] if index < len(zones) else None
            if start < end and (before is None or before.end <= start) and (after is None or end <= after.start):
                zones.insert(index, Zone(start, end, kind))
    return zones


def publication_date(text: str, zones: list[Zone]) -> tuple[str | None, str]:
    """Find the publication date that a text states.

    Args:
        text: The text of an article.
        zones: Its zones. A zone of kind `stamp` takes precedence over one of kind `time`.

    Returns:
        The date as `YYYY-MM-DD` and the kind of the zone; None and an empty string if there is no unambiguous date.
    """
    for kind in ("stamp", "time"):
        for zone in zones:
            surface = text[zone.start : zone.end]
            if zone.kind == kind:
                stamp = _STAMP.match(surface)
                written = _stamp_date(stamp) if stamp else re.sub(_PUBLISHED, "", surface, count=1, flags=re.I)
                date = parse_publication_date(written.strip())
                if date is not None:
                    return date, kind
    return None, ""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset and text of each line that is not blank, without outer white space."""
    for match in _LINE.finditer(text):
        if line := match.group().strip():
            yield match.start() + match.group().index(line[0]), line


def _head(text: str) -> Iterator[tuple[int, str]]:
    """Yield the short lines before the first paragraph, where bylines and section names are."""
    for start, line in _lines(text):
        if len(line) > 140 and not _URL.fullmatch(line):
            return
        yield start, line


def _stamps(text: str) -> _Bounds:
    """Find a publication date at the very start, with the white space before it."""
    if (match := _STAMP.match(text)) and parse_publication_date(_stamp_date(match)):
        yield match.span()
    elif (first := next(_head(text), None)) and _TIME_LINE.fullmatch(first[1]):
        yield 0, first[0] + len(first[1])


def _stamp_date(match: re.Match[str]) -> str:
    return match["introduced"] or match["alone"]


def _urls(text: str) -> _Bounds:
    return (match.span() for match in _URL.finditer(text))


def _bylines(text: str) -> _Bounds:
    for start, line in _lines(text):
        if len(line) <= 240 and _is_byline(line):
            yield start, start + len(line)
    for number, (start, line) in enumerate(_head(text)):
        words = re.findall(r"[\w-]+", line)
        title_case = 1 <= len(words) <= 6 and all(word[0].isupper() for word in words) and line[-1] not in ".!?:"
        # a masthead: below the title, a short line of capitalised words that ends with a word for a medium
        last = words[-2:] if words[-1:] and words[-1].lower() in ("group", "service", "corporation") else words[-1:]
        if number and title_case and not _MEDIA_WORDS.isdisjoint(word.lower() for word in last):
            yield start, start + len(line)


def _is_byline(line: str) -> bool:
    """Check whether a line only credits writers: an introduction such as "By", then full names or a medium."""
    if _CONTRIBUTED.fullmatch(line):
        return True
    if not (prefix := _WRITTEN_BY.match(line) or _EDITED_BY.match(line)):
        return False
    words = _words(line[prefix.end() :])
    only_names = all(word[0].isupper() or word.lower() in _LINKING for word in words)
    is_name = [word[0].isupper() and word.lower() not in _LINKING for word in words]
    full_name = any(map(all, pairwise(is_name))) or not _MEDIA_WORDS.isdisjoint(word.lower() for word in words)
    return only_names and full_name and len(words) <= (12 if prefix.re is _WRITTEN_BY else 40)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w.'’-]*", text)


def _sections(text: str) -> _Bounds:
    for start, line in _head(text):
        if line.lower().strip(" |>/") in _SECTIONS:
            yield start, start + len(line)


def _times(text: str) -> _Bounds:
    for start, line in _head(text):
        if len(line) <= 80 and _TIME_LINE.fullmatch(line):
            yield start, start + len(line)


def _credits(text: str) -> _Bounds:
    yield from _bracketed_credits(text, 0, len(text))
    for pattern in _CREDITS:
        yield from (match.span() for match in pattern.finditer(text))


def _bracketed_credits(text: str, start: int, end: int) -> _Bounds:
    """Find brackets that begin like a picture credit, or that hold only names, one of them that of an agency."""
    for match in _BRACKETED.finditer(text, start, end):
        only_names = all(word[0].isupper() or word.lower() in _CREDIT_WORDS for word in _words(match.group(1)))
        if _CREDIT_PREFIX.match(match.group(1)) or (only_names and _AGENCY.search(match.group(1))):
            yield match.span()


def _notices(text: str) -> _Bounds:
    """Find runs of sentences within a paragraph that address the clients of an agency."""
    for start, line in _lines(text):
        run: tuple[int, int] | None = None
        for sentence in _SENTENCE.finditer(line):
            is_notice = len(sentence.group()) <= _MAX_SENTENCE and _NOTICE.search(sentence.group())
            if is_notice:
                run = (run[0] if run else _after_credit(line, *sentence.span()), sentence.end())
            if run and (not is_notice or sentence.end() == len(line)):
                yield start + run[0], start + run[1]
                run = None


def _after_credit(line: str, start: int, end: int) -> int:
    """Return the start of a sentence without a photo credit and a slash that precede it in place of a full stop."""
    ends = (
        credit_end for _, credit_end in _bracketed_credits(line, start, end) if _NOTICE.search(line, credit_end, end)
    )
    start = max([start, *ends])
    return end - len(line[start:end].lstrip(" /|–—-"))


def _related(text: str) -> _Bounds:
    lines = list(_lines(text))
    for number, (start, line) in enumerate(lines):
        if len(line) <= 240 and _is_tag_list(line):
            yield start, start + len(line)
            continue
        match = _RELATED.fullmatch(line) if len(line) <= 240 else None
        if match is None:
            continue
        end = start + len(line)
        if match["rest"] is None:  # a heading; the titles directly below it are links
            for title_start, title in lines[number + 1 :]:
                if text[end:title_start].count("\n") > 1 or len(title) > 200 or re.search(r"[.!?][\"'”’)]*$", title):
                    break
                end = title_start + len(title)
        yield start, end


def _is_tag_list(line: str) -> bool:
    """Check whether a line holds only hashtags, or only short items after a word such as "Tags:"."""
    match = _TAGS.fullmatch(line)
    items = re.split(r"[,;|/•·]", (match["tags"] or "") if match else line)
    return match is not None and line[-1] not in ".!?" and all(len(item.split()) <= 4 for item in items)


def _disclaimers(text: str) -> _Bounds:
    for start, line in _lines(text):
        if match := _DISCLAIMER.fullmatch(line):
            yield start + match.start(), start + match.end()


_ANY_LANGUAGE = ("stamp", "url")
_RULES: tuple[tuple[str, Callable[[str], _Bounds]], ...] = (
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
