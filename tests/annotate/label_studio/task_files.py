"""Files of tasks, written by goldspan and as other projects export them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.studio_format import STUDIO
from goldspan.corpus.formats import LossReport, ReadRequest
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import Decision, Document, InvalidAnnotation, Layer, Scheme
from tests.annotate.label_studio.texts import make_document

TEXT = "😀 Iran hit 5 bases near Kyiv."


def write(documents: list[Document], path: Path, scheme: Scheme) -> Path:
    loss = LossReport()
    assert STUDIO.write(documents, path, scheme, loss) == len(documents)
    assert loss.summary() == []
    return path


def read(path: Path, scheme: Scheme, labels: dict[str, str] | None = None) -> list[Document]:
    return list(STUDIO.read(path, ReadRequest(scheme, labels=None if labels is None else LabelMap(labels))))


def tasks_file(tmp_path: Path, *tasks: Any) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def places(document: Document) -> list[tuple[str, str]]:
    return [(document.surface(span), span.label) for span in document.spans]


def rich(seed: int, scheme: Scheme) -> Document:
    """A document of a layer that says of itself and of its spans all that records can say."""
    choose = random.Random(seed)
    document = make_document(seed, scheme)
    system = seed % 3 == 0
    spans = [
        replace(
            span,
            id=choose.choice((None, f"span {number}")),
            score=span.score if system else None,
            source=choose.choice((None, "rules")) if system else None,
            origin=choose.choice((None, "prediction", "prediction-changed", "manual")),
            passes=choose.choice((None, ("anna", "boris"))),
            decision=choose.choice((None, Decision("anna", "«so»"), Decision("majority"))),
            extra=choose.choice((None, {"kept": [1.5, None, {"a": "ü"}]})),
            note=choose.choice((span.note, " two  words ", "")),
        )
        for number, span in enumerate(document.spans)
    ]
    choose.shuffle(spans)
    layer = Layer(
        annotator=choose.choice(("anna", None, "rules")),
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        created=choose.choice((None, "2026-11-20T00:00:00Z")),
        guidelines=choose.choice((None, "3")),
        lead_time=choose.choice((None, 12.75)),
        skipped=choose.random() < 0.2,
        draft=choose.random() < 0.2,
        note=choose.choice((None, "said\ntwice")),
        suggestions_shown=choose.choice((None, (), ("rules",))),
        chosen_by=choose.choice((None, ("random",))),
        passes=choose.choice((None, ("anna", "boris"))),
        extractor_version=choose.choice((None, "1.2")),
        annotator_kind=choose.choice((None, "language model")),
        annotator_family=choose.choice((None, "Claude")),
        invalid_annotations=choose.choice((None, (InvalidAnnotation(({"id": "x"}, None), "outside the text"),))),
        extra=choose.choice((None, {"why": "random", "studio": {"account": "ben"}})),
    )
    return replace(document, spans=tuple(spans), layer=choose.choice((layer, layer, None)))


def mark(start: Any, end: Any, *labels: str, id: str = "r1", **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": list(labels)}
    about = {"id": id, "from_name": "ner", "to_name": "article", "type": "labels", "origin": "manual"}
    return {**about, "value": value} | more


def foreign(*results: Any, data: Any = None, **more: Any) -> dict[str, Any]:
    """A task as a server of another project's exports it."""
    annotation = {
        "id": 91,
        "completed_by": {"id": 2, "email": "olga@example.org", "first_name": "", "last_name": ""},
        "result": list(results),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-01T09:00:00.120000Z",
        "updated_at": "2026-03-01T09:30:00.450000Z",
        "draft_created_at": None,
        "lead_time": 41.3,
        "prediction": {},
        "result_count": 2,
        "unique_id": "0d0c2f52-33a3-4ef0-8a4c-2f3f43d3a0aa",
        "import_id": None,
        "last_action": None,
        "task": 17,
        "project": 5,
        "updated_by": 2,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }
    return {
        "id": 17,
        "annotations": [annotation | more],
        "file_upload": "3b1f-articles.json",
        "drafts": [],
        "predictions": [12, 13],
        "data": {"article": TEXT, "source": 7} if data is None else data,
        "meta": {},
        "created_at": "2026-02-28T09:00:00Z",
        "updated_at": "2026-03-01T09:30:00Z",
        "inner_id": 1,
        "total_annotations": 1,
        "cancelled_annotations": 0,
        "total_predictions": 2,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 5,
        "updated_by": 2,
        "comment_authors": [],
    }
