"""Interface of extractors, which find spans in documents, and of the factories that create them.

A package provides extractors as entry points in the group `goldspan.extractors`. Each names an `ExtractorFactory` that
is cheap to import and creates the `Extractor` on demand:

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
    """An extractor, which finds spans in documents.

    An extractor may also have

    - `tally`, a `collections.Counter` of events that its users should know about (findings dropped, tokens sent),
      keyed by description; the caller shows and clears it;
    - `extract_each(documents)`, which is called instead of `extract` and returns, for each document, its spans or the
      error of that document, which is then not tried again. A `DependencyError` or `UsageError` among them ends the
      run; what stands before it is kept;
    - `load()`, which loads everything that `extract` needs, so that the first document takes no longer than the others;
      callers that measure or serve an extractor call it first and then extract from a plain sentence, as parts may
      still be loaded lazily;
    - `restarting`, the total seconds that `extract` has spent on restarting a program, such as one that runs once per
      batch; they count neither as loading nor as extraction time;
    - `elsewhere = True` if the model runs in a process of its own that goldspan did not start; its memory use is then
      not reported;
    - `concurrency`, the number of requests that it keeps under way at most, which is also an argument of that name:
      several workers share it;
    - `only_one`, why a run may have only one of it, such as a budget; empty if several workers may have one each;
    - `state`, what tells files that its spans depend on beside its version from earlier ones, such as a program; an
      interrupted run is not continued with others;
    - `keeping_answers(path)`, a context manager in which it keeps the answers of a paid service in a file, and takes
      those of an interrupted run from there;
    - `warning`, what users should know before the run, such as what it leaves out of its files; empty if nothing;
    - `note`, a function that it calls with a line that users should read at once, such as that it waits; the caller may
      replace it;
    - `close()`, which ends what it has started, such as a program, and with it the run; `extract` may start it again.
    """

    @property
    def name(self) -> str:
        """The name that layers and spans give as their source; part of a score's signature."""

    @property
    def version(self) -> str:
        """The version; it must change whenever the same text may yield different spans."""

    def extract(self, documents: Sequence[Document]) -> Sequence[Sequence[Span]]:
        """Return the spans found in each document, in the order of the documents.

        Args:
            documents: A batch. Each document has a text; spans that it already has must be ignored.

        Raises:
            Exception: Any exception; the caller then retries the documents of the batch one by one and reports those
                that fail.
        """


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an extractor.

    Attributes:
        name: Name, as in `NAME:name=value`.
        help: Description in one line.
        type: Type of the value: `str`, `int`, `float`, `bool` or `pathlib.Path` (of an existing file).
        default: Value if the parameter is omitted.
        required: Whether the parameter is required.
        positional: Whether the value may come first, without the name: `spacy:PATH`.
        choices: Allowed values; empty if any value is allowed.
        operational: Whether it only says how a run proceeds, such as the number of requests at a time, so that no span
            depends on it: an interrupted run continues with another value.
        specs: Whether the value is the specs of other extractors, `A + B`.
    """

    name: str
    help: str
    type: type = str
    default: Any = None
    required: bool = False
    positional: bool = False
    choices: tuple[Any, ...] = ()
    operational: bool = False
    specs: bool = False


class ExtractorFactory(Protocol):
    """A factory that creates an extractor from validated arguments; the object that an entry point names.

    A factory may also have `extras`, the names of goldspan's extras that its extractor needs; without them it is not
    called. `packages` maps what pip calls each package that no extra brings to its modules; without them it is not
    called either. With `reads_codebook = True` its extractor reads labels, definitions and examples from the scheme,
    and guidelines from a parameter `guidelines` if it has one: `goldspan probe` changes them.
    """

    @property
    def summary(self) -> str:
        """Description in one line, shown by `goldspan extractors`."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """The parameters that the extractor takes."""

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create an extractor for the labels of a scheme.

        Args:
            scheme: Scheme that defines the labels and values of the spans.
            arguments: One value per parameter, the default if the user omitted it.

        Raises:
            GoldspanError: The extractor cannot be created, because of an invalid file or a missing optional package.
        """
