"""What an extractor is: anything that finds spans in documents, and how a package offers one.

A package offers extractors as entry points of the group `goldspan.extractors`; each is an `ExtractorFactory`, light to
import, that makes the `Extractor` when it is wanted:

```toml
[project.entry-points."goldspan.extractors"]
shouting = "my_package:Shouting"
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from .document import Document, Span
from .scheme import Scheme


@runtime_checkable
class Extractor(Protocol):
    """Finds spans in documents.

    An extractor may also have

    - `tally`, a `collections.Counter` of what it counts for its user (findings dropped, tokens sent), by what is
      counted; whoever runs it shows and empties it;
    - `load()`, after which the first document waits for nothing that the others do not wait for; whoever measures or
      serves an extractor calls it first, and then lets it read a plain sentence, as it may load things unasked;
    - `restarting`, seconds so far that `extract` has spent on starting again what was started before, as a program that
      runs once for each batch does: they count neither as loading nor as reading;
    - `elsewhere = True`, where the model runs in a process of others, whose memory is then not told.
    """

    @property
    def name(self) -> str:
        """What layers and spans state as their source; part of a score's signature."""

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other spans."""

    def extract(self, documents: Sequence[Document]) -> Sequence[Sequence[Span]]:
        """A layer of spans for each document, in the same order.

        Args:
            documents: A batch. Each has a text; spans that it may already have are not to be looked at.

        Raises:
            Exception: Anything: whoever runs the extractor then tries the documents of the batch one by one and
                reports those that fail.
        """


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument that an extractor takes.

    Attributes:
        name: As in `NAME:name=value`.
        help: One line.
        type: What the text is turned into: `str`, `int`, `float`, `bool` or `pathlib.Path` (of a file that exists).
        default: Where it is not given.
        required: Whether it must be given.
        positional: Whether it may be given without its name, first: `spacy:PATH`.
        choices: The values that are allowed, where they are few.
    """

    name: str
    help: str
    type: type = str
    default: Any = None
    required: bool = False
    positional: bool = False
    choices: tuple[Any, ...] = ()


class ExtractorFactory(Protocol):
    """Makes an extractor of checked arguments; what an entry point names."""

    @property
    def summary(self) -> str:
        """One line for `goldspan extractors`."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """The arguments it takes."""

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """An extractor for the labels of a scheme.

        Args:
            scheme: Whose labels and values the spans are to have.
            arguments: One for each parameter, its default where it was not given.

        Raises:
            GoldspanError: The extractor cannot be made: a file is at fault, an extra is missing.
        """
