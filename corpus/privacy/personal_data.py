"""Find what names persons: accounts, e-mail addresses, handles and login names, in records and in texts about them.

The article is not searched: its text names people, and its annotators are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ...schema import DataError, Document, Layer, Problem, Span, pluralize
from ..storage.json_lines import parse_lines
from .annotator_names import TIME_KEYS, is_account_key, is_machine, is_nobodys, is_predicted
from .pseudonyms import ADDRESS, NO_ADDRESS, name_pattern

_HANDLE = re.compile(r"(?<![\w@./])@(?!\d+\b)[\w.-]*\w(?![\w{(])")
_LOGIN = re.compile(
    r"(?<![\w@./:-])(?:[a-z]{3,}\d{1,4}|[a-z]+[._](?!(?:com|csv|edu|gov|html|info|jsonl?|net|org|pdf|toml|txt)\b)[a-z]{3,}\d{0,4})"
    r"(?![\w@/:-]|\.\w)"
)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Something that names a person, or says how long they worked.

    Attributes:
        check: `name` for an annotator's name, `address`, `handle`, `login`, or `lead_time`.
        where: The field of the records, such as `span.note`, or the file.
        found: The words; empty for lead times.
        count: How often it is there.
        first: The document or the line that has it first.
    """

    check: str
    where: str
    found: str
    count: int
    first: str

    def __str__(self) -> str:
        what = {"lead_time": "lead times of single persons", "login": "what looks like a login name"}
        named = f" {self.found!r}" if self.found else ""
        times = f", {self.count} times" if self.count > 1 else ""
        return f"{what.get(self.check, self.check)}{named} in {self.where} (first in {self.first}{times})"


class PersonalDataSearch:
    """Searches records and texts, and counts what it finds.

    Args:
        pseudonyms: Pseudonym by name, as the key has them: these names are found in all texts.
        names: Whether names are looked for, and lead times; otherwise only addresses, handles and login names.
    """

    def __init__(self, pseudonyms: Mapping[str, str], *, names: bool = True) -> None:
        self._pattern = name_pattern(pseudonyms) if names else None
        self._names = names
        self._machines: set[str] = set()
        self._counts: dict[tuple[str, str, str], tuple[int, str]] = {}

    def findings(self) -> list[PersonalData]:
        """Return what was found, in the order of first finds."""
        found = (PersonalData(*key, *value) for key, value in self._counts.items())
        return [item for item in found if item.check != "name" or item.found not in self._machines]

    def add(self, document: Document) -> None:
        """Search a record."""
        layer, first = document.layer, f"document {document.id!r}"
        self.add_text("id", document.id, first, logins=False)
        if layer is not None:
            self._add_layer(layer, first)
        for span in document.spans:
            self._add_span(span, first)
        self._add_data("extra", document.extra, first)

    def add_text(self, where: str, text: str, first: str, *, logins: bool = True, names: bool = True) -> None:
        """Search a text.

        Args:
            where: The field or file that has it.
            text: The text.
            first: Where that is, for people.
            logins: Whether it is searched for login names.
            names: Whether it is searched for names of annotators.
        """
        rest = text
        if "@" in text:
            rest = self._take(ADDRESS, "address", where, rest, first)
            rest = self._take(_HANDLE, "handle", where, rest, first)
        if names and self._pattern is not None:
            rest = self._take(self._pattern, "name", where, rest, first)
        if logins:
            self._take(_LOGIN, "login", where, rest, first)

    def add_name(self, where: str, name: str | None, first: str) -> None:
        """Take the name of an annotator, which names a person unless it is a pseudonym or a part."""
        if not name or name == NO_ADDRESS:
            return
        if is_nobodys(name):  # and may name somebody nevertheless: `language model (run by ada)`
            self.add_text(where, name, first, logins=False)
            return
        if ADDRESS.search(name):
            self._count("address", where, name, first)
        elif self._names:
            self._count("name", where, name, first)

    def _add_layer(self, layer: Layer, first: str) -> None:
        machine = is_machine(layer)
        if machine and layer.annotator:
            self._machines.add(layer.annotator)
        self.add_name("layer.annotator", layer.annotator, first)
        for name in layer.passes or ():
            self.add_name("layer.passes", name, first)
        if layer.lead_time is not None and not machine and self._names:
            self._count("lead_time", "layer.lead_time", "", first)
        for key in ("annotator_kind", "annotator_family", "extractor_version", "guidelines"):
            self.add_text(f"layer.{key}", getattr(layer, key) or "", first, logins=False)
        for key in ("suggestions_shown", "chosen_by"):
            for name in getattr(layer, key) or ():
                self.add_text(f"layer.{key}", name, first, logins=False)
        self.add_text("layer.note", layer.note or "", first)
        for invalid in layer.invalid_annotations or ():
            self._add_data("layer.invalid_annotations", invalid.results, first)
            self.add_text("layer.invalid_annotations", invalid.reason or "", first, logins=False)
        self._add_data("layer.extra", layer.extra, first)

    def _add_span(self, span: Span, first: str) -> None:
        self.add_text("span.id", span.id or "", first, logins=False)
        if is_predicted(span):
            self.add_text("span.source", span.source or "", first, logins=False)
        else:
            self.add_name("span.source", span.source, first)
        for name in span.passes or ():
            self.add_name("span.passes", name, first)
        if span.decision is not None:
            self.add_name("span.decision.by", span.decision.by, first)
            self.add_text("span.decision.reason", span.decision.reason or "", first)
        self.add_text("span.note", span.note or "", first)
        self._add_data("span.extra", span.extra, first)

    def _add_data(self, where: str, data: Any, first: str) -> None:
        if isinstance(data, str):
            self.add_text(where, data, first, logins=False)
        elif isinstance(data, Mapping):
            for key, value in data.items():
                self.add_text(where, key, first, logins=False)
                self._add_entry(f"{where}.{key}", key, value, first)
        elif isinstance(data, list | tuple):
            for item in data:
                self._add_data(where, item, first)

    def _add_entry(self, where: str, key: str, value: Any, first: str) -> None:
        if is_account_key(key):
            self._add_account(where, value, first)
        elif key.casefold() in TIME_KEYS and self._names:
            self._count("lead_time", where, "", first)
        else:
            self._add_data(where, value, first)

    def _add_account(self, where: str, value: Any, first: str) -> None:
        if isinstance(value, str):
            self.add_name(where, value, first)
        elif isinstance(value, int) and not isinstance(value, bool) and self._names:
            self._count("name", where, str(value), first)
        elif isinstance(value, list | tuple):
            for item in value:
                self._add_account(where, item, first)
        else:
            self._add_data(where, value, first)

    def _take(self, pattern: re.Pattern[str], check: str, where: str, text: str, first: str) -> str:
        """Count what a pattern finds, and return the rest of the text."""
        for match in pattern.finditer(text):
            self._count(check, where, match.group(), first)
        return pattern.sub(" ", text)

    def _count(self, check: str, where: str, found: str, first: str) -> None:
        count, earlier = self._counts.get((check, where, found), (0, first))
        self._counts[check, where, found] = count + 1, earlier


class _Cleared(msgspec.Struct, forbid_unknown_fields=True):
    check: str
    found: str
    reason: str
    where: str | None = None


Cleared = Mapping[tuple[str, str, str | None], str]
"""Reasons for which personal data may be published, by check, words and place; None stands for any place."""


def read_cleared(path: str | Path) -> Cleared:
    """Read what may be published, from JSONL: `{"check", "found", "reason"}`, with `where` for one place only.

    Raises:
        DataError: A line is malformed, or its reason is empty.
    """
    fix = 'write {"check", "found", "reason"}, and "where" if it is for one place only'
    lines: Iterator[_Cleared] = parse_lines(path, _Cleared, _with_reason, noun="a finding that is cleared", fix=fix)
    return {(item.check, item.found, item.where): item.reason for item in lines}


def is_cleared(finding: PersonalData, cleared: Cleared) -> bool:
    """Return whether something may be published."""
    return any((finding.check, finding.found, where) in cleared for where in (finding.where, None))


def without_effect(findings: list[PersonalData], cleared: Cleared) -> list[str]:
    """Return what is cleared and was not found, in words."""
    found = {(item.check, item.found, where) for item in findings for where in (item.where, None)}
    return [f"{check} {words!r}" for check, words, where in cleared if (check, words, where) not in found]


def refusal(findings: list[PersonalData], path: Path) -> DataError:
    """Return the error that refuses to publish a folder."""
    shown = [Problem(str(finding), path=str(path)) for finding in findings]
    what = f"{pluralize(len(findings), 'finding')} of personal data, so nothing was published"
    fix = "remove them from the records or the metadata, or list them with reasons in a file for `cleared`"
    return DataError([*shown, Problem(what, fix, str(path))])


def _with_reason(item: _Cleared) -> _Cleared:
    if not item.reason.strip():
        raise DataError(Problem("the reason is empty", "state why this may be published"))
    return item
