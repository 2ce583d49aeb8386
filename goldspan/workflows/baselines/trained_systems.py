"""Systems that learn from a gold: how each is made from documents, as the specification of an extractor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...annotate.training import save_pipeline, train
from ...corpus.adjudication.drafts import read_gold
from ...corpus.queries.document_fields import document_field
from ...corpus.storage.records import write_records
from ...schema import DataError, Document, Problem, Scheme, UsageError, did_you_mean

TRAIN, TEST = "train", "test"
"""The splits that systems are trained and scored on."""


@dataclass(frozen=True, slots=True)
class HeldOutGold:
    """A gold, divided by the split that its documents state.

    Attributes:
        train: Documents to train on.
        test: Documents to score on.
        left_out: Number of documents in other splits or none.
    """

    train: list[Document]
    test: list[Document]
    left_out: int

    @property
    def repeated(self) -> int:
        """The number of documents to score on whose text is among those to train on, whatever their ids."""
        seen = {document.text for document in self.train if document.text is not None}
        return sum(document.text in seen for document in self.test)


def divide_gold(gold: str, scheme: Scheme, field: str) -> HeldOutGold:
    """Read a gold and divide it.

    Args:
        gold: A records file with gold spans.
        scheme: Its scheme.
        field: Field of the documents that states `train` or `test`, such as `extra.split`.

    Raises:
        DataError: The gold is invalid, or no document is in a split.
        UsageError: There is no such field.
    """
    found = document_field(field)
    if found is None:
        raise UsageError(f"`split` {field!r} is not a field of documents. Fix: name one, such as extra.split")
    by_split: dict[object, list[Document]] = {TRAIN: [], TEST: []}
    left_out = 0
    for document in read_gold(gold, scheme):
        documents = by_split.get(found.value(document))
        if documents is None:
            left_out += 1
        else:
            documents.append(document)
    for split, documents in by_split.items():
        if not documents:
            fix = f"state {TRAIN} or {TEST} in each document, or name another field"
            raise DataError(Problem(f"no document has {split!r} as {field}", fix, path=gold))
    return HeldOutGold(by_split[TRAIN], by_split[TEST], left_out)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How systems are trained.

    Attributes:
        seed: Seed of weights, dropout and order.
        epochs: Passes over the documents, for systems that need several.
    """

    seed: int = 0
    epochs: int = 40


def _train_spacy(documents: Sequence[Document], scheme: Scheme, folder: Path, settings: TrainingSettings) -> str:
    save_pipeline(train(documents, scheme, seed=settings.seed, epochs=settings.epochs).pipeline, folder / "spacy")
    return f"spacy:{folder / 'spacy'}"


def _train_same_surface(documents: Sequence[Document], scheme: Scheme, folder: Path, _: TrainingSettings) -> str:
    write_records(folder / "marked.jsonl", documents, scheme)
    return f"same-surface:{folder / 'marked.jsonl'}"


TRAINED_SYSTEMS: Mapping[str, Callable[[Sequence[Document], Scheme, Path, TrainingSettings], str]] = {
    "same-surface": _train_same_surface,
    "spacy": _train_spacy,
}
"""Makes each system from documents in a folder, and returns its specification, by its name."""


def check_trained(names: Sequence[str]) -> None:
    """Check the names of systems to train.

    Raises:
        UsageError: One is unknown, or is given twice.
    """
    for name in names:
        if name not in TRAINED_SYSTEMS:
            raise UsageError(
                f"`train` {name!r} cannot be trained here. Fix: {did_you_mean(name, list(TRAINED_SYSTEMS))}"
            )
        if names.count(name) > 1:
            raise UsageError(f"`train` {name!r} is given twice. Fix: name it once")
