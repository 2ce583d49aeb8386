"""The extractor `combined`: the spans of several extractors as one suggestion, since annotators see one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ...corpus.spans.layer_correction import DisjointIntervals
from ...schema import DependencyError, Document, Extractor, Parameter, Scheme, Span, UsageError
from ...schema.errors import did_you_mean
from ...schema.hashing import json_sha256
from ..registry import extractor_names, load_extractor

_BETWEEN = " + "
_VERSION = "1"
_EachOf = Callable[[Sequence[Document]], Sequence[Sequence[Span] | Exception]]


class Combined:
    """An extractor that puts the spans of others together.

    Where spans overlap and the scheme forbids it, those of the extractor that is named first are kept.

    Args:
        scheme: The scheme.
        extractors: Specs of extractors, separated by ` + `; a semicolon in a spec stands for the comma between its
            arguments.

    Attributes:
        name: The names of the extractors, joined by `+`.
        version: A version of this module, and a digest of the extractors' versions.
        tally: Events of the extractors, and the number of spans that were dropped; whoever reports it clears it.

    Raises:
        GoldspanError: An extractor cannot be created.
        UsageError: There is only one, or one twice.
    """

    def __init__(self, scheme: Scheme, *, extractors: str) -> None:
        specs = [part.replace(";", ",") for part in _parts_of(extractors)]
        if len(specs) < 2 or not all(specs) or len(set(specs)) < len(specs):
            fix = "combined:patterns + dictionary:FILE, for example"
            raise UsageError(f"combined:{extractors}: expected several different extractors. Fix: {fix}")
        for spec in specs:
            _check_name(spec, extractors)
        self._scheme = scheme
        self._parts = [load_extractor(spec, scheme) for spec in specs]
        self.name = "+".join(dict.fromkeys(part.name for part in self._parts))
        self.version = f"{_VERSION}-{json_sha256([[part.name, part.version] for part in self._parts])[:8]}"
        self.tally: Counter[str] = Counter()

    @property
    def only_one(self) -> str:
        """Why a run may have only one of it; empty if it may have several."""
        stated = [getattr(part, "only_one", "") for part in self._parts]
        shared = [part.name for part in self._parts if getattr(part, "concurrency", None) is not None]
        return next((reason for reason in stated if reason), f"it calls {shared[0]}" if shared else "")

    @property
    def warning(self) -> str:
        """What users should know of the extractors before they run; empty if there is nothing."""
        return "; ".join(filter(None, (getattr(part, "warning", "") for part in self._parts)))

    @property
    def state(self) -> str:
        """What tells the files of the extractors from earlier ones; empty if they have none."""
        return "+".join(filter(None, (getattr(part, "state", "") for part in self._parts)))

    @contextmanager
    def keeping_answers(self, path: Path) -> Iterator[None]:
        """Keep the answers of services in a block, in one file for all of them."""
        with ExitStack() as stack:
            for part in self._parts:
                if (keeping := getattr(part, "keeping_answers", None)) is not None:
                    stack.enter_context(keeping(path))
            yield

    def load(self) -> None:
        """Load what the extractors need."""
        for part in self._parts:
            getattr(part, "load", lambda: None)()

    def close(self) -> None:
        """End what the extractors have started."""
        for part in self._parts:
            getattr(part, "close", lambda: None)()

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document.

        Raises:
            Exception: An extractor fails.
        """
        results = []
        for result in self.extract_each(documents):
            if isinstance(result, Exception):
                raise result
            results.append(result)
        return results

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the spans of each document, or the first error of an extractor that it has one for."""
        by_part = [self._of_part(part, documents) for part in self._parts]
        return [self._together(found) for found in zip(*by_part, strict=True)]

    def _of_part(self, part: Extractor, documents: Sequence[Document]) -> Sequence[Sequence[Span] | Exception]:
        extract: _EachOf = getattr(part, "extract_each", part.extract)
        results = extract(documents)
        if len(results) != len(documents):
            what = f"the extractor {part.name} returned {len(results)} results for {len(documents)} documents"
            raise DependencyError(f"{what}. Fix: tell its authors")
        tally: Counter[str] = getattr(part, "tally", None) or Counter()
        self.tally.update({f"{part.name}: {event}": count for event, count in tally.items()})
        tally.clear()
        return results

    def _together(self, found: Sequence[Sequence[Span] | Exception]) -> list[Span] | Exception:
        errors = [spans for spans in found if isinstance(spans, Exception)]
        if errors:  # those that end the run first
            return min(errors, key=lambda error: not isinstance(error, DependencyError | UsageError))
        occupied = DisjointIntervals()
        kept: dict[tuple[int, int, str], Span] = {}
        for spans in found:
            for span in spans if not isinstance(spans, Exception) else ():
                key = (span.start, span.end, span.label)
                if key in kept:
                    continue
                if self._scheme.overlap or occupied.add(span.start, span.end):
                    kept[key] = span
                else:
                    self.tally["dropped, overlaps a span of an extractor that is named before"] += 1
        return sorted(kept.values(), key=lambda span: (span.start, span.end, span.label))


class _CombinedFactory:
    summary = "the spans of several extractors together, those named first before those that overlap them"
    parameters = (
        Parameter(
            "extractors",
            "extractors, as in 'patterns + dictionary:FILE'; between the arguments of each stands a semicolon",
            required=True,
            positional=True,
        ),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `Combined`."""
        return Combined(scheme, **arguments)


COMBINED = _CombinedFactory()
"""The factory behind the entry point `combined`."""


def _parts_of(text: str) -> list[str]:
    """Split specs at each +, but for one within the name of a file that is there."""
    pieces = text.split(_BETWEEN.strip())
    parts: list[str] = []
    while pieces:
        ends = (end for end in range(len(pieces), 1, -1) if _names_file(_BETWEEN.strip().join(pieces[:end])))
        end = next(ends, 1)
        parts.append(_BETWEEN.strip().join(pieces[:end]).strip())
        pieces = pieces[end:]
    return parts


def _names_file(spec: str) -> bool:
    """Check whether each argument of a spec that has a + is a file."""
    name, _, arguments = spec.partition(":")
    values = [argument.rpartition("=")[2].strip() for argument in arguments.split(";")]
    cut = [value for value in values if _BETWEEN.strip() in value]
    return _BETWEEN.strip() not in name and bool(cut) and all(map(_exists, cut))


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or with a null character
        return False


def _check_name(spec: str, text: str) -> None:
    name, known = spec.partition(":")[0].strip(), extractor_names()
    if name not in known:
        fix = did_you_mean(name, known).strip()
        if Path(name).suffix:
            fix = "name a file that is there, or, if its name has no +, write an extractor on both sides of each +"
        raise UsageError(f"combined:{text}: no extractor is called {name!r}. Fix: {fix}")
