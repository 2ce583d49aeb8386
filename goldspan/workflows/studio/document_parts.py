"""Documents in parts, on their way to annotators: each part with its suggestions and with what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import overload

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import find_project, scheme_project
from ...annotate.label_studio.mapping.task_parts import TaskPart
from ...annotate.label_studio.sync.parts.remote_parts import remote_parts
from ...corpus.parts.text_parts import TextPart, context_of, cut_document, part_of_document, spans_of_part
from ...schema import Scheme, UsageError
from .document_suggestions import DocumentWithSuggestions


class CutDocuments(Sequence[DocumentWithSuggestions]):
    """The parts of documents, in the order of the documents and of their texts.

    Args:
        documents: The documents. They need not be in memory, nor are their parts.
        size: Largest length of a part, in characters, where the text can be cut as often.
        known: The parts that documents have on the server, by document id; see `cut_document`.

    Raises:
        UsageError: The size is less than 1.
    """

    def __init__(
        self, documents: Sequence[DocumentWithSuggestions], size: int, known: Mapping[str, Sequence[TextPart]]
    ) -> None:
        if size < 1:
            raise UsageError(f"`cut` {size}: not a length. Fix: a number of characters, such as 5000")
        self._documents = documents
        self._last: tuple[int, DocumentWithSuggestions] | None = None
        self._parts: list[tuple[int, TextPart]] = []
        for position in range(len(documents)):
            item = self._document(position)
            name = item.document.id
            parts = cut_document(item.document, size, item.suggestions.values(), known=known.get(name, ()))
            self._parts += [(position, part) for part in parts]

    @overload
    def __getitem__(self, index: int) -> DocumentWithSuggestions: ...

    @overload
    def __getitem__(self, index: slice) -> list[DocumentWithSuggestions]: ...

    def __getitem__(self, index: int | slice) -> DocumentWithSuggestions | list[DocumentWithSuggestions]:
        """Return the part at a position, or those of a slice."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        position, place = self._parts[index]
        item = self._document(position)
        suggestions = {name: spans_of_part(spans, place) for name, spans in item.suggestions.items()}
        part = TaskPart(place, partial(self._context, index))
        document = item.document if item.document.text is None else part_of_document(item.document, place)
        return replace(item, document=document, suggestions=suggestions, part=part)

    def __len__(self) -> int:
        return len(self._parts)

    def _document(self, position: int) -> DocumentWithSuggestions:
        if self._last is None or self._last[0] != position:  # the parts of a document are used one after the other
            self._last = position, self._documents[position]
        return self._last[1]

    def _context(self, index: int) -> tuple[str, str]:
        position, place = self._parts[index]
        return context_of(self._document(position).document.text or "", place)


def cut_for_project(
    api: StudioClient,
    documents: Sequence[DocumentWithSuggestions],
    size: int | None,
    scheme: Scheme,
    *,
    title: str | None,
) -> Sequence[DocumentWithSuggestions]:
    """Return documents in parts, cut as a project has them already where that still holds.

    Args:
        api: The server.
        documents: The documents.
        size: As in `CutDocuments`; None for whole documents, which are returned as they are.
        scheme: Their scheme.
        title: Title of the project; that of the scheme's project if None.

    Raises:
        StudioError: A request failed.
        UsageError: As in `CutDocuments`.
    """
    if size is None:
        return documents
    project = scheme_project(api, scheme) if title is None else find_project(api, title)
    names = [item.document.id for item in documents] if project is not None and project.tasks else []
    known = remote_parts(api, project, names) if project is not None and names else {}
    return CutDocuments(documents, size, known)
