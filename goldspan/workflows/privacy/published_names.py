"""Names of annotators at the border: documents with pseudonyms, before they are exported, published or reported."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile

from msgspec.structs import replace

from ...corpus.privacy.annotator_names import NameSurvey
from ...corpus.privacy.name_key import NameKey, extend_key, key_path, read_key, require_key_of, require_outside
from ...corpus.privacy.personal_data import PersonalDataSearch
from ...corpus.privacy.pseudonyms import Pseudonyms
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.withdrawal.withdrawal_list import Withdrawal
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ...schema import DependencyError, Document, RecordCodec, Scheme, UsageError, os_error_hint

_IN_MEMORY = 16_000_000  # bytes


@dataclass(frozen=True, slots=True)
class PublishedNames:
    """The names under which annotators are published.

    Attributes:
        key: The key to the pseudonyms.
        pseudonyms: Puts pseudonyms in the place of names.
        persons: Number of persons who are named in what is published, and have pseudonyms instead.
    """

    key: NameKey
    pseudonyms: Pseudonyms
    persons: int

    @classmethod
    def of(cls, survey: NameSurvey, key: Path, *, times: bool = False) -> PublishedNames:
        """Give the persons of a survey their pseudonyms, new ones if the key has none for them.

        Args:
            survey: The survey.
            key: The key.
            times: As in `Pseudonyms`.

        Raises:
            DataError: As in `read_key`.
            DependencyError: As in `extend_key`.
        """
        persons = survey.persons()
        extended = extend_key(key, persons, survey.pseudonyms())
        pseudonyms = Pseudonyms(extended.pseudonyms, survey.machines, times=times)
        return cls(extended, pseudonyms, len({pseudonyms.of(name) for name in persons}))

    def by_name(self, names: Iterable[str]) -> dict[str, str]:
        """Return the pseudonyms of passes by name, in the same order.

        Raises:
            UsageError: Two passes are of one person, as far as the key says.
        """
        first: dict[str, str] = {}
        pseudonyms: dict[str, str] = {}
        for name in names:
            pseudonym = self.pseudonyms.of(name)
            if pseudonym in first:
                what = f"the passes {first[pseudonym]!r} and {name!r} are both {pseudonym} in {self.key.path}"
                raise UsageError(f"{what}. Fix: leave one of them out, or use `names`")
            first[pseudonym] = name
            pseudonyms[name] = pseudonym
        return pseudonyms

    def passes(self, passes: Mapping[str, Sequence[Document]]) -> dict[str, list[Document]]:
        """Return passes under their pseudonyms, in the same order; errors are those of `by_name`."""
        names = self.by_name(passes)
        return {names[name]: list(map(self.pseudonyms.document, layer)) for name, layer in passes.items()}


def survey_passes(passes: Mapping[str, Iterable[Document]]) -> NameSurvey:
    """Collect the names of persons in passes, with those of the passes."""
    survey = NameSurvey()
    for documents in passes.values():
        for document in documents:
            survey.add(document)
    survey.add_names(passes)
    return survey


def publish_passes(
    passes: Mapping[str, Sequence[Document]], others: Iterable[str] = (), places: Iterable[object] = ()
) -> tuple[dict[str, list[Document]], PublishedNames]:
    """Return passes under pseudonyms, for a report; it must not show the lead times, which are kept for figures.

    Args:
        passes: The passes by name.
        others: Names of further annotators, who have no pass yet.
        places: The files of the passes, whose project has the key; see `key_path`.

    Raises:
        DataError: The key is invalid.
        DependencyError: The key cannot be read or written, or was lost.
        UsageError: As in `PublishedNames.passes`.
    """
    survey = survey_passes(passes)
    survey.add_names(others)
    published = PublishedNames.of(survey, key_path(*places), times=True)
    return published.passes(passes), published


def known_pseudonyms(*places: object) -> Pseudonyms:
    """Return the pseudonyms that the key has, for what may name persons but is mostly about systems.

    Args:
        places: As in `key_path`.

    Raises:
        DataError: As in `read_key`.
        DependencyError: As in `read_key`.
    """
    key = read_key(key_path(*places))
    return Pseudonyms(key.pseudonyms if key else {})


def persons_in(text: str, *places: object) -> list[str]:
    """Return what a text of one's own says of persons: names in the key, addresses, handles and login names.

    Args:
        text: The text.
        places: As in `key_path`.

    Raises:
        DataError: As in `read_key`.
        DependencyError: As in `read_key`.
    """
    key = read_key(key_path(*places))
    search = PersonalDataSearch(key.pseudonyms if key else {})
    search.add_text("", text, "")
    return [item.found for item in search.findings()]


def publish_gold(
    documents: Iterable[Document],
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    out: Path,
    sources: Iterable[object] = (),
) -> tuple[Iterator[Document], dict[str, list[Document]], PublishedNames]:
    """Return a gold and the passes behind it under pseudonyms, without names and lead times.

    The gold is read to its end first, because a note may name somebody who comes later, and is kept on disk meanwhile.

    Args:
        documents: The gold, which a codec of the scheme has checked.
        passes: The passes by name.
        scheme: Their scheme.
        out: Where they will be published, which must not have the key.
        sources: What they are read from, whose project has the key; see `key_path`.

    Raises:
        DataError: As in `publish_passes`, or a document is invalid.
        DependencyError: As in `publish_passes` and `require_key_of`, or the disk has no room for a temporary file.
        UsageError: As in `publish_passes`, or the key would be in `out`.
    """
    path = key_path(*sources, out)
    require_outside(path, out)
    survey = survey_passes(passes)
    kept = _KeptDocuments(documents, survey, scheme)
    if survey.persons() and read_key(path) is None:
        require_key_of(out, path, survey.pseudonyms())
    published = PublishedNames.of(survey, path)
    stream = CheckedDocuments(map(published.pseudonyms.document, kept), scheme)
    return stream, published.passes(passes), published


def published_withdrawals(withdrawn: WithdrawnDocuments, published: PublishedNames | None) -> list[Withdrawal]:
    """Return withdrawals as a card tells them: with pseudonyms in their reasons, unless names are wanted."""
    if published is None:
        return withdrawn.withdrawals
    return [replace(item, reason=published.pseudonyms.text(item.reason)) for item in withdrawn.withdrawals]


class _KeptDocuments(Iterator[Document]):
    """Documents that were surveyed, for a second reading."""

    def __init__(self, documents: Iterable[Document], survey: NameSurvey, scheme: Scheme) -> None:
        self._codec = RecordCodec(scheme)
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with this object
        weakref.finalize(self, self._file.close)
        for document in documents:
            survey.add(document)
            self._write(self._codec.encode_checked(document) + b"\n")
        self._file.seek(0)

    def __next__(self) -> Document:
        if line := self._file.readline():
            return self._codec.decode_checked(line[:-1])
        raise StopIteration

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
        except OSError as error:
            what = f"a temporary file cannot be written: {error.strerror or error}"
            raise DependencyError(f"{what}. Fix: {os_error_hint(error, writing=True)}") from error
