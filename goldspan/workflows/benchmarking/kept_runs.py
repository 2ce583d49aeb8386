"""What an extractor predicted for the texts of a gold, and took for it, kept without the texts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from ...corpus import read_records, write_records
from ...corpus.ingest.restore import TextStore
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.storage.file_io import unwritable
from ...schema import DataError, Document, Extractor, Scheme
from ...schema.hashing import json_sha256, sha256_of
from .benchmark_results import ExtractorCost


def run_key(documents: Sequence[Document], spec: str, extractor: Extractor, scheme: Scheme) -> str:
    """Return the key of a run: everything that its predictions depend on.

    Args:
        documents: The gold, whose texts, metadata and zones the extractor sees.
        spec: The extractor, with its arguments.
        extractor: The same, loaded; its version and its state, if it has one, change with what it would find.
        scheme: The scheme.
    """
    seen = [[each.id, each.with_hash().text_sha256, msgspec.to_builtins((each.meta, each.zones))] for each in documents]
    state = getattr(extractor, "state", "")
    facts = [extractor.name, extractor.version, scheme.fingerprint, *filter(None, [state])]
    return json_sha256([seen, spec, *facts])


class _KeptCost(msgspec.Struct, frozen=True):
    """The cost of a run, and what tells its predictions from a damaged copy of them."""

    cost: ExtractorCost
    documents: int
    predictions_sha256: str


class KeptRun:
    """The predictions and the cost of a run, in two files of a folder.

    The predictions have no texts: they are those of the gold. The cost is written last, so that a run of which it is
    there is complete; it states how many documents the predictions have, and the hash of their bytes.

    Args:
        folder: The folder; it is made if it is missing.
        key: The key of the run.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._predictions, self._cost = folder / f"{key}.jsonl", folder / f"{key}.json"

    def restore(self, documents: Sequence[Document], out: Path, scheme: Scheme) -> ExtractorCost | None:
        """Write the predictions of an earlier run to a file; return its cost.

        Returns:
            None if there was no run, or its files are not those that were written.
        """
        texts = TextStore((each.id, each.text or "") for each in documents)
        with suppress(OSError, DataError, msgspec.MsgspecError):
            stated = msgspec.json.decode(self._cost.read_bytes(), type=_KeptCost)
            if sha256_of(self._predictions) != stated.predictions_sha256:
                return None
            kept = [texts.restore(each) for each in read_records(self._predictions, scheme)]
            if len(kept) != stated.documents or len(kept) != len(documents):
                return None
            write_records(out, CheckedDocuments(kept, scheme), scheme)
            return replace(stated.cost, kept=True)
        return None

    def keep(self, cost: ExtractorCost, predictions: Path, scheme: Scheme) -> None:
        """Keep a run.

        Raises:
            DependencyError: The folder cannot be written.
        """
        bare = [_without_text(each) for each in read_records(predictions, scheme)]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_records(self._predictions, CheckedDocuments(bare, scheme), scheme)
            part = self._cost.with_suffix(f".{os.getpid()}.part")
            stated = _KeptCost(cost, len(bare), sha256_of(self._predictions))
            part.write_bytes(msgspec.json.encode(stated) + b"\n")
            part.replace(self._cost)
        except OSError as error:
            raise unwritable(self._folder, error) from error


def _without_text(document: Document) -> Document:
    hashed = document.with_hash()
    return msgspec.structs.replace(hashed, text=None, text_length=document.length)
