"""The documents of a path, with the options that readers of files know."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..schema import Document
from ..schema.files.addresses import is_address
from .formats import ReadRequest
from .formats.conversion import is_corpus_of_shards, read_as, source_format
from .formats.native_formats import OWN_FORMATS
from .formats.option_hints import point_to_options
from .formats.transfer_reports import CUT_WORDS, warn_of_losses
from .storage.records import ProblemCallback, read_records
from .storage.stream_copies import reread, shown_path


def read_path(
    path: str | Path, request: ReadRequest, form: str = "", *, lenient: ProblemCallback | None = None
) -> Iterator[Document]:
    """Yield the documents of a file or folder, or of a stream; `-` is standard input.

    Args:
        path: The path.
        request: The scheme, the label map, the options, and the report to fill, which is then warned of.
        form: As in `documents_from`.
        lenient: As in `documents_from`.

    Raises:
        DataError: As in `documents_from`.
        UsageError: The format cannot be detected, or an option has no effect on it.
    """
    plain = not form and request.labels is None and not request.options.given()
    if plain and is_corpus_of_shards(str(path)):
        yield from read_records(path, request.scheme, lenient=lenient)
        return
    if is_address(str(path)) and request.labels is None:
        yield from read_records(path, request.scheme, lenient=lenient)
        return
    with reread(path) as copy, _pointing_to_passes(request):
        detected = source_format(copy, form)
        name = detected.reader.name
        if not form and name not in OWN_FORMATS:
            warnings.warn(detected.said(copy), stacklevel=4)
        if lenient is not None and name in ("jsonl", "parquet"):
            yield from read_records(copy, request.scheme, lenient=lenient)
            return
        yield from read_as(detected, copy, request)
        if name in OWN_FORMATS:
            del request.report.broken.counts[
                CUT_WORDS
            ]  # records may have them, and `corpus check` finds those of a gold
        warn_of_losses(request.report, shown_path(copy))


def pointing_to_load(documents: Iterable[Document]) -> Iterator[Document]:
    """Pass documents on; errors that name an option of readers say that `goldspan.load` has it."""
    with point_to_options("{} is an option of `goldspan.load`", "load the file with it, and give what is loaded"):
        yield from documents


def _pointing_to_passes(request: ReadRequest) -> AbstractContextManager[None]:
    """Return a context in which errors that advise passes name the function that reads them."""
    if request.options.passes:
        return nullcontext()
    what = "the work of each annotator is read by `goldspan.corpus.load_passes`"
    return point_to_options(what, "use it in place of `goldspan.load`", {"passes": ""})
