"""What extractors that run several others have in common: they are loaded, described and ended together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from ...schema import Document, Extractor, Parameter, Scheme, Span, UsageError
from ...schema.errors import did_you_mean
from ..extractor_specs import spec_of_result
from ..registry import extractor_names, load_extractor
from ..several_specs import split_specs

EXTRACTORS = Parameter(
    "extractors",
    "extractors, as in 'patterns + dictionary:FILE'; between the arguments of each stands a semicolon",
    required=True,
    positional=True,
    specs=True,
)
"""The parameter of such an extractor."""


class SeveralExtractors:
    """An extractor that runs others.

    Args:
        scheme: The scheme.
        kind: Its name in specs.
        extractors: Specs of extractors, as `split_specs` takes them.

    Attributes:
        names: The names of the extractors in their order, each once: those of several of the same name are numbered.
        tally: Events of the extractors, by name; whoever reports it clears it.

    Raises:
        GoldspanError: An extractor cannot be created.
        UsageError: There is only one, or one twice.
    """

    def __init__(self, scheme: Scheme, kind: str, extractors: str) -> None:
        specs = split_specs(extractors)
        expected = f"{kind}:{extractors}: expected several different extractors"
        fix = f"Fix: {kind}:patterns + dictionary:FILE, for example"
        if len(specs) < 2 or not all(specs):
            raise UsageError(f"{expected}. {fix}")
        for spec in specs:
            _check_name(spec, f"{kind}:{extractors}")
        if len(set(map(spec_of_result, specs))) < len(specs):
            raise UsageError(f"{expected}, and one is named twice. {fix}; for runs of a model, another seed for each")
        self._scheme = scheme
        self._parts: list[Extractor] = [load_extractor(spec, scheme) for spec in specs]
        self.names = _each_once([part.name for part in self._parts])
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

    @property
    def keeping_answers(self) -> Callable[[Path], AbstractContextManager[None]] | None:
        """What keeps the answers of services in a block, in one file for all of them; None if no part has a service."""
        keepers = [keeping for part in self._parts if (keeping := getattr(part, "keeping_answers", None)) is not None]

        @contextmanager
        def keep(path: Path) -> Iterator[None]:
            with ExitStack() as stack:
                for keeping in keepers:
                    stack.enter_context(keeping(path))
                yield

        return keep if keepers else None

    @property
    def note(self) -> Callable[[str], None]:
        """The function that an extractor calls with a line that users should read at once."""
        return next((part.note for part in self._parts if hasattr(part, "note")), lambda _line: None)

    @note.setter
    def note(self, note: Callable[[str], None]) -> None:
        for part in self._parts:
            if hasattr(part, "note"):
                part.note = note

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
        raise NotImplementedError

    def _count(self, name: str, tally: Counter[str]) -> None:
        """Add the events of an extractor to the tally."""
        self.tally.update({f"{name}: {event}": count for event, count in tally.items()})


def _each_once(names: Sequence[str]) -> list[str]:
    counts, seen = Counter(names), Counter[str]()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if counts[name] == 1 else f"{name} #{seen[name]}")
    return numbered


def _check_name(spec: str, text: str) -> None:
    name, known = spec.partition(":")[0].strip(), extractor_names()
    if name not in known:
        fix = did_you_mean(name, known).strip()
        if Path(name).suffix:
            fix = "name a file that is there, or, if its name has no +, write an extractor on both sides of each +"
        raise UsageError(f"{text}: no extractor is called {name!r}. Fix: {fix}")
