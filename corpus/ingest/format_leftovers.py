"""Detection of leftovers of other formats in texts: tags, entities, shortcodes, Markdown, broken encodings and others.

Texts are never changed, since offsets refer to them as they are. The patterns match only what nobody writes on purpose,
not "a < b", "AT&T", "<redacted>", "f**k", "voilà »" or the joiners of Persian.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5

_Bounds = Iterator[tuple[int, int]]

# Element names that are not words; any tag with one counts. "<time>" may be text unless it has an attribute or a slash.
_UNAMBIGUOUS = frozenset(
    """abbr article aside blockquote br cite dd del dfn div dl dt em embed figcaption figure fieldset footer h1 h2 h3 h4
    h5 h6 head hr html iframe img input ins li nav noscript ol optgroup p param pre samp script span strike strong sub
    sup svg tbody td tfoot th thead tr tt ul wbr""".split()
)
ELEMENTS = _UNAMBIGUOUS | frozenset(
    """a acronym address area audio b base big body button canvas caption center code col colgroup data details dialog
    dir font form frame frameset header i kbd label legend link main map mark menu meta meter object option output
    picture progress q rp rt ruby s section select small source style summary table template textarea time title track u
    var video""".split()
)
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)"
    r"(?P<attributes>(?:\s+[a-zA-Z_:@][\w:.-]*(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+))?)*)\s*(?P<empty>/?)>"
)
_COMMENT = re.compile(r"<!--|-->|<!\[CDATA\[|<!DOCTYPE\b", re.I)
_ENTITY = re.compile(r"&(?:#[0-9]{2,7};|#[xX][0-9a-fA-F]{2,6};|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,30};)|nbsp\b)")
_SHORTCODE = re.compile(
    r"\[/[a-z][a-z_-]*\]|\[[a-z][a-z_-]{2,}(?:\s+[a-z_-]+=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\"'\]]+))+\s*/?\]"
)
_MARKDOWN = re.compile(
    r"!?\[[^\[\]\n]{1,300}\]\((?:https?://|/|#)[^\s()]*\)"  # a link or an image
    r"|(?<![\w*])\*\*(?=[^\s*])[^*\n]{0,200}[^\s*]\*\*(?![\w*])|^#{2,6} (?=\w)",  # bold, a heading
    re.M,
)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_BROKEN = re.compile(r"\ufffd|[\x00-\x08\x0e-\x1f\x80-\x84\x86-\x9f]")

# The characters for the bytes 80 to BF if UTF-8 is decoded as Windows-1252 or Latin-1
_TRAIL = "".join(bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xC0)).replace("\ufffd", "")
_TRAIL += "".join(map(chr, range(0x80, 0xA0)))
_AMBIGUOUS_TRAIL = "”’»…–—\u00a0"  # also follow a letter in correct text
_CERTAIN_TRAIL = "".join(c for c in _TRAIL if c not in _AMBIGUOUS_TRAIL)
_MOJIBAKE = re.compile(
    rf"â€[{re.escape(_TRAIL)}]?|ï»¿|ï¿½|ðŸ[{re.escape(_TRAIL)}]*"  # punctuation, byte order mark, emoji
    rf"|[ÂÃ][{re.escape(_CERTAIN_TRAIL)}]|(?<=[a-zß-öø-ÿ.,;:!?])Â\u00a0"  # Latin letters and symbols
    rf"|(?:[ÐÑØÙÚÛ][{re.escape(_TRAIL)}]){{2,}}"  # Cyrillic, Arabic
)
_INVISIBLE = re.compile("(?<=\\w)\u00ad(?=\\w)|[\u200b\u2060]|(?<!^)\ufeff")
# Scripts written without spaces, where an invisible space marks a possible line break
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE", "CJK", "HIRAGANA", "KATAKANA")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A leftover at `[start, end)`, in code points, and its kind, a key of `FIXES`."""

    start: int
    end: int
    kind: str


def find_leftovers(text: str) -> list[Leftover]:
    """Return the leftovers in a text, in order and without overlaps."""
    matches: list[Leftover] = []
    for kind, rule in _RULES.items():
        matches += [Leftover(start, end, kind) for start, end in rule(text)]
    matches.sort(key=lambda item: (item.start, -item.end))
    leftovers: list[Leftover] = []
    for item in matches:
        if not leftovers or item.start >= leftovers[-1].end:
            leftovers.append(item)
    return leftovers


def _tags(text: str) -> _Bounds:
    if "<" not in text and "-->" not in text:
        return
    tags = [match for match in _TAG.finditer(text) if match["name"].lower() in ELEMENTS]
    closed = {match["name"].lower() for match in tags if match["close"]}
    for match in tags:
        name = match["name"].lower()
        if match["close"] or match["empty"] or "=" in match["attributes"] or name in _UNAMBIGUOUS or name in closed:
            yield match.span()
    yield from (match.span() for match in _COMMENT.finditer(text))


def _entities(text: str) -> _Bounds:
    for match in _ENTITY.finditer(text) if "&" in text else ():
        if match["name"] is None or match["name"] in html5:
            yield match.span()


def _invisible(text: str) -> _Bounds:
    for match in _INVISIBLE.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if match[0] != "\u200b" or not any(unicodedata.name(c, "").startswith(_UNSPACED) for c in around):
            yield match.span()


def _matches_of(pattern: re.Pattern[str], required: str = "") -> Callable[[str], _Bounds]:
    """Return a rule that yields all matches; the search is skipped if `required` does not occur in the text."""
    return lambda text: (match.span() for match in pattern.finditer(text)) if required in text else iter(())


def has_markup(text: str) -> bool:
    """Check whether a text contains HTML tags or entities."""
    return any(True for rule in (_tags, _entities) for _ in rule(text))


_RULES: dict[str, Callable[[str], _Bounds]] = {
    "tag": _tags,
    "entity": _entities,
    "shortcode": _matches_of(_SHORTCODE, "["),
    "Markdown": _matches_of(_MARKDOWN),
    "escape": _matches_of(_ESCAPE, "\\u"),
    "mojibake": _matches_of(_MOJIBAKE),
    "broken character": _matches_of(_BROKEN),
    "invisible character": _invisible,
}
FIXES: dict[str, str] = {
    "tag": "extract the text from the HTML",
    "entity": "decode the entities",
    "shortcode": "extract the text from the rendered page, not from its source",
    "Markdown": "extract the text from the Markdown",
    "escape": "decode the escapes",
    "mojibake": "decode the source as UTF-8",
    "broken character": "decode the source with its own encoding",
    "invisible character": "remove it",
}
"""How to fix each kind of leftover in the source; annotated texts must not be changed."""
