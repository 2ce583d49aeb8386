"""Files of JSON as annotation tools, models and datasets have them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from .file_shapes import save_json, save_lines, shape, text_of
from .seeded_texts import LABELS, Mark, SeededText, tokens_of

Texts = Sequence[SeededText]


def _span(mark: Mark, **more: Any) -> dict[str, Any]:
    return {"start": mark.stated[0], "end": mark.stated[1], "label": mark.stated_label, **more}


def _triple(mark: Mark) -> list[Any]:
    return [*mark.stated, mark.stated_label]


def _number(text: SeededText) -> int:
    return int(text.id[1:])


@shape("doccano triples", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    key = random.choice(("label", "labels"))
    items = [{"id": _number(t), **text_of(t), key: [*map(_triple, t.marks)], "Comments": []} for t in texts]
    return save_lines(folder, "all.jsonl", items)


@shape("doccano objects", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [
        {
            "id": _number(text),
            **text_of(text),
            "entities": [
                {"id": n, "label": mark.stated_label, "start_offset": mark.stated[0], "end_offset": mark.stated[1]}
                for n, mark in enumerate(text.marks)
            ],
            "relations": [],
            "Comments": [],
        }
        for text in texts
    ]
    return save_lines(folder, "admin.jsonl", items)


@shape("prodigy", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    hashed = random.random() < 0.5
    items = [
        {
            **text_of(text),
            **({"_input_hash": 100 + n, "_task_hash": 200 + n} if hashed else {}),
            "meta": {"id": text.id},
            "spans": [_span(mark) for mark in text.marks],
            "_view_id": "ner_manual",
            "answer": "accept",
        }
        for n, text in enumerate(texts)
    ]
    return save_lines(folder, "dataset.jsonl", items)


@shape("argilla 2", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [
        {
            "id": text.id,
            "fields": text_of(text),
            "metadata": {},
            "vectors": {},
            "suggestions": {},
            "responses": {"spans": [{"value": [_span(mark) for mark in text.marks], "user_id": "5f-ann"}]},
        }
        for text in texts
    ]
    return save_json(folder, "records.json", items)


@shape("argilla 1", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = [
        {
            "id": text.id,
            **text_of(text),
            "tokens": text.text.split(),
            "prediction": None,
            "annotation": [{**_span(mark), "score": 1.0} for mark in text.marks],
            "annotation_agent": "ann",
            "status": "Validated",
            "metadata": {},
            "metrics": {},
        }
        for text in texts
    ]
    return save_lines(folder, "ner.jsonl", items)


@shape("potato lines", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [
        {
            "id": text.id,
            **text_of(text, "displayed_text"),
            "label_annotations": {},
            "span_annotations": [
                {"start": m.stated[0], "end": m.stated[1], "span": m.words, "annotation": m.stated_label}
                for m in text.marks
            ],
        }
        for text in texts
    ]
    return save_lines(folder, "annotated_instances.jsonl", items)


def _tasks(texts: Texts, with_words: bool) -> list[Any]:
    tasks = []
    for number, text in enumerate(texts):
        regions = [
            {
                "id": f"r{n}",
                "from_name": "label",
                "to_name": "text",
                "type": "labels",
                "value": {
                    "start": mark.stated[0],
                    "end": mark.stated[1],
                    "labels": [mark.stated_label],
                    **({"text": mark.words} if with_words else {}),
                },
            }
            for n, mark in enumerate(text.marks)
        ]
        annotation = {"id": 50 + number, "completed_by": 1, "result": regions, "was_cancelled": False}
        tasks.append({"id": number + 1, "data": {"id": text.id, **text_of(text)}, "annotations": [annotation]})
    return tasks


@shape("studio", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return save_json(folder, "export.json", _tasks(texts, True))


@shape("studio without words", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return save_json(folder, "export.json", _tasks(texts, False))


@shape("spacy-json examples", has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [[text.text, {"entities": list(map(_triple, text.marks))}] for text in texts]
    return save_lines(folder, "train.jsonl", items) if len(items) > 1 else save_json(folder, "train.json", items)


@shape("spacy-json annotator", has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [[text.text, {"entities": list(map(_triple, text.marks))}] for text in texts]
    return save_json(folder, "annotations.json", {"classes": ["ACTOR"], "annotations": [*items, None]})


@shape("spacy-json docs", textless=True, nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        tokens = [
            {"id": n, "start": text.offsets[start], "end": text.offsets[end]}
            for n, (start, end) in enumerate(tokens_of(text))
        ]
        items.append({"id": text.id, **text_of(text), "ents": [_span(mark) for mark in text.marks], "tokens": tokens})
    return save_lines(folder, "docs.jsonl", items)


@shape("gliner", words=True, textless=True, nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [
        {"id": text.id, **text_of(text), "entities": [_span(m, text=m.words, score=0.9) for m in text.marks]}
        for text in texts
    ]
    return save_lines(folder, "predictions.jsonl", items)


@shape("gliner by label", words=True, nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        found: dict[str, list[Any]] = {label: [] for label in LABELS} if random.random() < 0.5 else {}
        for mark in text.marks:
            place = {"text": mark.words, "start": mark.stated[0], "end": mark.stated[1], "confidence": 0.8}
            found.setdefault(mark.stated_label, []).append(place)
        items.append({"id": text.id, "text": text.text, "entities": found})
    return save_json(folder, "predictions.json", items)


@shape("gliner tokens", bounds="none", has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        tokens = tokens_of(text)
        starts, ends = ([token[part] for token in tokens] for part in (0, 1))
        ner = [[starts.index(mark.start), ends.index(mark.end), mark.stated_label] for mark in text.marks]
        items.append({"tokenized_text": [text.text[start:end] for start, end in tokens], "ner": ner})
    return save_json(folder, "train.json", items)


@shape("cluener", words=True, free_labels=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        found: dict[str, dict[str, list[Any]]] = {}
        for mark in text.marks:
            found.setdefault(mark.stated_label, {}).setdefault(mark.words, []).append(mark.stated)
        items.append({"id": text.id, "text": text.text, "label": found})
    return save_lines(folder, "dev.json", items)


@shape("langextract", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        extractions = [
            {
                "extraction_class": mark.stated_label,
                "extraction_text": mark.words,
                "char_interval": {"start_pos": mark.stated[0], "end_pos": mark.stated[1]},
                "alignment_status": "match_exact",
                "extraction_index": n,
                "attributes": None,
            }
            for n, mark in enumerate(text.marks, 1)
        ]
        items.append({"extractions": extractions, **text_of(text), "document_id": text.id})
    return save_lines(folder, "out.jsonl", items)


@shape("transformers", words=True, textless=True, nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        groups = [
            {
                "entity_group": mark.stated_label,
                "score": 0.97,
                "word": mark.words.lower(),
                "start": mark.stated[0],
                "end": mark.stated[1],
            }
            for mark in text.marks
        ]
        items.append({"id": text.id, **text_of(text), "entities": groups})
    return save_lines(folder, "pipeline.jsonl", items)


@shape("hf-spans", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    key = random.choice(("entities", "spans", "annotations"))
    label = random.choice(("label", "type"))
    items = [
        {
            "id": text.id,
            **text_of(text),
            key: [{"start": m.stated[0], "end": m.stated[1], label: m.stated_label} for m in text.marks],
        }
        for text in texts
    ]
    return save_lines(folder, "train.jsonl", items)


@shape("hf-spans with words", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [
        {
            "id": text.id,
            **text_of(text),
            "entities": [
                {
                    "offsets": [[*mark.stated]],
                    "text": [mark.words],
                    "type": mark.stated_label,
                }
                for mark in text.marks
            ],
        }
        for text in texts
    ]
    return save_lines(folder, "train.jsonl", items)


@shape("hf-tokens", bounds="none", nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items: list[Any] = []
    for text in texts:
        tokens = tokens_of(text)
        tags = ["O"] * len(tokens)
        for mark in text.marks:
            for number, (start, end) in enumerate(tokens):
                if mark.start <= start and end <= mark.end:
                    tags[number] = f"{'B' if start == mark.start else 'I'}-{mark.stated_label}"
        items.append({"id": text.id, "tokens": [text.text[slice(*token)] for token in tokens], "ner_tags": tags})
    return save_lines(folder, "train.jsonl", items)


@shape("bioc json", words=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    documents = []
    for text in texts:
        annotations = [
            {
                "id": str(n),
                "infons": {"type": mark.stated_label},
                "text": mark.words,
                "locations": [{"offset": mark.stated[0], "length": _length(mark)}],
            }
            for n, mark in enumerate(text.marks, 1)
        ]
        passage = {"offset": 0, "infons": {}, "text": text.text, "annotations": annotations, "relations": []}
        documents.append({"id": text.id, "infons": {}, "passages": [passage], "relations": []})
    return save_json(folder, "bioc.json", {"source": "s", "date": "", "key": "", "documents": documents})


def _length(mark: Mark) -> Any:
    start, end = mark.stated
    return end - start if type(start) is int and type(end) is int else end


@shape("bdocjs", several=False, has_ids=False, unit="UTF-16")
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return _bdoc(texts, folder, "j")


@shape("bdocjs of Python", several=False, has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return _bdoc(texts, folder, "p")


def _bdoc(texts: Texts, folder: Path, unit: str) -> Path:
    annotations = [
        {"type": mark.stated_label, "start": mark.stated[0], "end": mark.stated[1], "id": n, "features": {}}
        for text in texts
        for n, mark in enumerate(text.marks)
    ]
    sets = {"": {"name": "detached-from:", "annotations": annotations, "next_annid": len(annotations)}}
    item = {"annotation_sets": sets, "text": "".join(text.text for text in texts), "features": {}, "offset_type": unit}
    return save_json(folder, "doc.bdocjs", {**item, "name": "doc"})


NER = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


@shape("cas-json", several=False, has_ids=False, unit="UTF-16")
def _(texts: Texts, folder: Path, random: Random) -> Path:
    structures: list[dict[str, Any]] = [
        {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": text.text}
        for text in texts
    ]
    for text in texts:
        structures += (
            {"%ID": n, "%TYPE": NER, "@sofa": 1, "begin": m.stated[0], "end": m.stated[1], "value": m.stated_label}
            for n, m in enumerate(text.marks, 10)
        )
    types = {NER: {"%NAME": NER, "%SUPER_TYPE": "uima.tcas.Annotation", "value": {"%RANGE": "uima.cas.String"}}}
    members = [item["%ID"] for item in structures if item["%TYPE"] == NER]
    views = {"_InitialView": {"%SOFA": 1, "%MEMBERS": members}}
    return save_json(folder, "doc.json", {"%TYPES": types, "%FEATURE_STRUCTURES": structures, "%VIEWS": views})


@shape("spans lines", form="spans", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    rows: list[dict[str, Any]] = []
    for text in texts:
        own = [{"doc_id": text.id, **_span(mark, words=mark.words), "document_text": None} for mark in text.marks]
        own = own or [{"doc_id": text.id, "start": None, "end": None, "label": None, "words": None}]
        own[0] |= text_of(text, "document_text")
        rows += own
    return save_lines(folder, "spans.jsonl", rows)


@shape("jsonl", textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    items = [{"id": text.id, **text_of(text), "spans": [_span(mark) for mark in text.marks]} for text in texts]
    return save_lines(folder, "gold.jsonl", items)


@shape("standoff")
def _(texts: Texts, folder: Path, random: Random) -> Path:
    from hashlib import sha256

    items = [
        {
            "id": text.id,
            "text_sha256": sha256(text.text.encode()).hexdigest(),
            "text_length": len(text.text),
            "spans": [_span(mark) for mark in text.marks],
        }
        for text in texts
    ]
    return save_lines(folder, "standoff.jsonl", items)
