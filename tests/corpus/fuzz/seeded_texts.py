"""Texts by seed, with spans whose words are known: emoji, combining marks, right to left, all line ends, repeated words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

LABELS = ("ACTOR", "LOCATION", "DATE", "COUNT")
NAMES = ("Goma", "Sarn", "Kivu Nord", "Ann & Co", "M23", "9 June", "at least 40", "rebels", "Oru", "<Beni>")
LATIN = ("Évian", "São Tomé", "Müller", "20 août", "Å-Nord", "cañón")
OTHERS = (
    "Kyi\u0302v",
    "Cafe\u0301 Noir",
    "غوما",
    "مدينة غزة",
    "\u05d9\u05e8\u05d5\u05e9\u05dc\u05d9\u05dd",
    "Київ",
    "💥Sarn💥",
    "Team 🏳️‍🌈",
    "𝔊oma",
    "北京",
)
FILLERS = ("left", "and then", "fell to", "was", "in", "said:", "(again)", "no", "“it”")
LATIN_FILLERS = ("à", "déjà", "Ñandú", "après")
OTHER_FILLERS = ("😀", "💥💥", "e\u0301tait", "ثم", "\u202eabc\u202c", "是", "👩‍👩‍👧 saw", "ﬁn", "\u200b")
BREAKS = ("\n", "\r\n", "\n\n", "\r\n\r\n", "  ", "\t", "\u00a0", "\u2028")


@dataclass
class Mark:
    """A span: as it is meant, and as the file states it.

    Attributes:
        start: Its first code point.
        end: Its end, exclusive.
        label: Its label.
        words: Its words.
        stated: Its bounds in the file.
        stated_label: Its label in the file.
    """

    start: int
    end: int
    label: str
    words: str
    stated: tuple[Any, Any]
    stated_label: str


@dataclass
class SeededText:
    """A text with its spans.

    Attributes:
        id: Its id in the file.
        text: The text.
        marks: Its spans, in text order.
        has_text: Whether the file has the text.
        offsets: What the file counts up to each code point.
    """

    id: str
    text: str
    marks: list[Mark] = field(default_factory=list)
    has_text: bool = True
    offsets: list[int] = field(default_factory=list)


def counted(text: str, unit: str) -> list[int]:
    """Return the offset of each code point, and of the end, in a unit."""
    offsets, offset = [], 0
    for number, character in enumerate(text):
        offsets.append(offset)
        if unit == "UTF-16":
            offset += 1 + (character > "\uffff")
        elif unit == "bytes":
            offset += len(character.encode())
        else:
            offset += not (unit == "CRLF as one" and text.startswith("\r\n", number))
    return [*offsets, offset]


def seeded_texts(
    random: Random,
    *,
    several: bool = True,
    flat: bool = False,
    nested: bool = True,
    latin: bool = False,
    labels: Sequence[str] = LABELS,
) -> list[SeededText]:
    """Return texts with spans.

    Args:
        random: Decides everything.
        several: Whether there may be several texts.
        flat: Whether the texts have no line breaks and no blanks other than single spaces.
        nested: Whether spans may be within others.
        latin: Whether the texts can be encoded in Latin-1, and not in ASCII.
        labels: The labels of spans.
    """
    number = random.randint(1, 4) if several else 1
    return [_text(random, f"d{n}", flat, nested, latin, labels) for n in range(1, number + 1)]


def _text(random: Random, name: str, flat: bool, nested: bool, latin: bool, labels: Sequence[str]) -> SeededText:
    fillers = FILLERS + LATIN_FILLERS + (() if latin else OTHER_FILLERS)
    names = NAMES + LATIN + (() if latin else OTHERS)
    own = random.sample(names, 3)
    breaks = tuple(part for part in BREAKS if not (latin and part == "\u2028"))
    pieces: list[str] = []
    text = SeededText(name, "")
    if random.random() < 0.2:
        pieces.append(random.choice(("à " if latin else "😀 ", "é ", "(")))
    for number in range(random.choice((0, 1, 3, 5, 8))):
        words = random.choice(own)
        if random.random() < 0.75:  # others are the same words without a span
            start = len("".join(pieces))
            _mark(text, start, words, random.choice(labels))
            first, blank, rest = words.partition(" ")
            if nested and blank and random.random() < 0.3:
                _mark(text, start + len(first) + 1, rest, random.choice(labels))
            elif nested and random.random() < 0.1:
                _mark(text, start, words, labels[(labels.index(text.marks[-1].label) + 1) % len(labels)])
        pieces.append(words)
        if random.random() < 0.1 and not pieces[-1][-1].isalnum():
            continue  # the next one touches it
        pieces.append(random.choice((" ", " ", ", ", ". ", "-" if flat else random.choice(breaks))))
        if pieces[-1] != "-":
            pieces += [random.choice(fillers), " "]
        if number % 3 == 2 and not flat:
            pieces.append(random.choice(breaks))
    text.text = "".join(pieces) + random.choice(("end", "fin é", "stop.")) + f" {name}"
    text.marks = [mark for mark in text.marks if nested or not _within(mark, text.marks)]
    text.marks.sort(key=lambda mark: (mark.start, mark.end, mark.label))
    return text


def _mark(text: SeededText, start: int, words: str, label: str) -> None:
    mark = Mark(start, start + len(words), label, words, (0, 0), label)
    if (mark.start, mark.end, mark.label) not in {(each.start, each.end, each.label) for each in text.marks}:
        text.marks.append(mark)


def _within(mark: Mark, marks: list[Mark]) -> bool:
    return any(mark is not other and other.start <= mark.start and mark.end <= other.end for other in marks)


def state_bounds(texts: Sequence[SeededText], unit: str) -> None:
    """State the bounds of all spans in a unit."""
    for text in texts:
        text.offsets = counted(text.text, unit)
        for mark in text.marks:
            mark.stated = text.offsets[mark.start], text.offsets[mark.end]


def tokens_of(text: SeededText) -> list[tuple[int, int]]:
    """Return the bounds of tokens: words between blanks, split where spans begin or end."""
    cuts = {bound for mark in text.marks for bound in (mark.start, mark.end)}
    tokens: list[tuple[int, int]] = []
    for at, character in enumerate(text.text):
        if character.isspace():
            continue
        if tokens and tokens[-1][1] == at and at not in cuts:
            tokens[-1] = tokens[-1][0], at + 1
        else:
            tokens.append((at, at + 1))
    return tokens
