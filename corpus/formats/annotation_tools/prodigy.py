"""The format `prodigy`: lines of JSON as `prodigy db-out` writes them and `prodigy db-in` reads them.

```
{"text": "Rebels left Goma.", "_input_hash": 42, "_task_hash": 7, "_annotator_id": "set-ann", "answer": "accept",
 "spans": [{"start": 0, "end": 6, "token_start": 0, "token_end": 0, "label": "ACTOR"}]}
```

Bounds are characters, while `token_end` is inclusive. A line is an answer to a task: an annotator answers several of a
text where single spans are accepted or rejected. Prodigy keeps other keys, so that a record written under one of them
comes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....schema import Document, Scheme
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_values import shown
from ..foreign.kept_records import KEY, kept_record, state_words, write_lines
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..foreign.stated_metadata import split_metadata, utc_time
from ..format_interface import CONTENTS, ReadOptions
from ..transfer_reports import LossReport
from .prodigy_tokens import ProdigyTokens

_ANSWERS = ("accept", "reject", "ignore")
_COUNTED = {"relations": "relations", "accept": "chosen options"}
_SPAN = {"start", "end", "token_start", "token_end", "label", "text", "score", "source", "rank", "id"}
_SPAN |= {"input_hash", "pattern", "type", "answer", "priority"}
_READ = {"text", "tokens", "spans", "meta", "id", "answer", "label", "options", "config", KEY, *_COUNTED}
_FIX = "export the dataset with `prodigy db-out`"


class ProdigyFormat(ForeignFormat):
    """Answers of Prodigy's recipes for spans."""

    name = "prodigy"
    summary = "lines of JSON for Prodigy; records under a key that it keeps"
    file = "prodigy.jsonl"
    folder_patterns = (file,)
    write_suffixes = (".jsonl",)
    holds = tuple(CONTENTS)
    read_options = ("id_field", "passes")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all sampled items are tasks of Prodigy."""
        return bool(sample.objects) and len(sample.objects) == len(sample.items) and all(map(_is_task, sample.objects))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `FormatWriter.write`. All that Prodigy does not show is in the record of the line."""
        return write_lines(documents, out, scheme, self.name, _line)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the answers state, joined by text and annotator; see `ForeignFormat.statements`."""
        faults = FieldFaults(str(source))
        answers: dict[tuple[str, str | None], list[_Answer]] = {}
        texts: dict[str, str] = {}
        for faults.line, item in numbered_objects(str(source), noun="example", fix=_FIX):
            answer = _answer(item, faults, options)
            if texts.setdefault(answer.group, answer.stated.text) != answer.stated.text:
                faults.add("another line with the same `_input_hash` has another text", "give each text its own hash")
            answers.setdefault((answer.group, answer.annotator), []).append(answer)
        faults.check()
        yield from map(_document, answers.values())


PRODIGY = ProdigyFormat()


@dataclass(slots=True)
class _Answer:
    """An answer of an annotator to a task.

    Attributes:
        group: What it has in common with other answers for the same text.
        annotator: Who answered.
        kind: `accept`, `reject` or `ignore`.
        task: Identifies the task among those for the same text; empty if an answer is about all spans of the text.
        stated: What it states.
    """

    group: str
    annotator: str | None
    kind: str
    task: str
    stated: StatedDocument


def _is_task(item: Mapping[str, Any]) -> bool:
    hashed = type(item.get("_input_hash")) is int and type(item.get("_task_hash")) is int
    return isinstance(item.get("text"), str) and (hashed or item.get("answer") in _ANSWERS)


def _line(document: Document, spans: list[tuple[int, int, str]]) -> dict[str, Any]:
    return {
        "text": document.text,
        "meta": {"id": document.id},
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
        "answer": "accept",
    }


def _answer(item: Mapping[str, Any], faults: FieldFaults, options: ReadOptions) -> _Answer:
    record = kept_record(item)
    keys = [options.id_field] if options.id_field else ["id"]
    faults.document = ""
    faults.document = str(record["id"]) if record else faults.name(item, *keys, required=bool(options.id_field))
    hashed = type(item.get("_input_hash")) is int
    text = faults.text(item, "text")
    kind = item.get("answer", "accept")
    if kind not in _ANSWERS:
        faults.add(f"unknown answer {shown(kind)}", f"one of {', '.join(_ANSWERS)}")
    names = [item[key] for key in ("_annotator_id", "_session_id") if isinstance(item.get(key), str) and item[key]]
    meta = item.get("meta") if isinstance(item.get("meta"), dict) else {}
    own = {key: part for key, part in item.items() if key not in (*_READ, *keys) and not key.startswith("_")}
    metadata, extra = split_metadata({key: part for key, part in (meta or {}).items() if key not in keys} | own)
    stated = StatedDocument(
        text,
        id=faults.document or (str(item["_input_hash"]) if hashed else ""),
        line=faults.line,
        annotator=names[0] if names else None,
        created=utc_time(item.get("_timestamp")),
        meta=metadata,
        extra=extra,
        record=record if kind == "accept" else None,
    )
    if kind == "accept":
        stated.spans = list(_spans(item, stated, faults))
        state_words(stated)
        stated.left_out = _left_out(item)
        if any(stated.left_out.values()) and not stated.spans:
            stated.without_spans = "documents whose annotations mark no text"
    group = f"hash {item['_input_hash']}" if hashed else f"text {faults.document}\n{text}"
    single = item.get("_is_binary") is True or item.get("_view_id") in ("ner", "binary", None)
    task = str(item.get("_task_hash", faults.line)) if single else ""
    return _Answer(group, stated.annotator, str(kind), task, stated)


def _left_out(item: Mapping[str, Any]) -> Counter[str]:
    counts = Counter({kind: len(item[key]) for key, kind in _COUNTED.items() if isinstance(item.get(key), list)})
    spans = item.get("spans")
    labelled = isinstance(spans, list) and any(isinstance(span, dict) and "label" not in span for span in spans)
    counts["categories of documents"] += isinstance(item.get("label"), str) and not labelled
    return counts


def _spans(item: Mapping[str, Any], stated: StatedDocument, faults: FieldFaults) -> Iterator[LabelledStatement]:
    spans, tokens = item.get("spans"), ProdigyTokens(item)
    if not isinstance(spans, list | None):
        faults.add(f"`spans` is not a list: {shown(spans)}", _FIX)
    for number, part in enumerate(spans if isinstance(spans, list) else (), 1):
        if part is None:
            continue
        if not isinstance(part, dict):
            faults.add(f"span {number} is not an object: {shown(part)}", _FIX)
            continue
        covered = tokens.range_of(part)
        bounds, words = (part.get("start"), part.get("end")), part.get("text")
        if tokens.are_elsewhere and covered and bounds in ((None, None), tokens.stated(covered)):
            bounds = tokens.place(covered)
            stated.changed["spans placed by their tokens, as their bounds are of another text"] += 1
        elif tokens.are_elsewhere:
            faults.add(f"span {number}: its bounds are not those of tokens, which are of another text", _FIX)
            continue
        elif bounds == (None, None) and covered:
            bounds = tokens.stated(covered)
        if not isinstance(words, str) and covered:
            words = stated.text[slice(*tokens.place(covered))]
        label = part.get("label", item.get("label"))
        span = faults.span(bounds, label, f"span {number}", words=words, score=part.get("score"))
        if span is not None:
            span.attributes = {key: value for key, value in part.items() if key not in _SPAN and value is not None}
            yield span


def _document(answers: list[_Answer]) -> StatedDocument:
    """Return what the answers of one annotator for one text state."""
    newest: dict[str, _Answer] = {}
    older = 0
    order = sorted(answers, key=lambda a: a.stated.created or "")
    for answer in order:
        if answer.kind == "accept":
            older += answer.task in newest
            newest[answer.task] = answer
    kept = list(newest.values())
    stated = (kept or order)[-1].stated
    left_out = Counter[str]()
    for answer in kept:
        left_out.update(answer.stated.left_out)
    kinds = Counter(answer.kind for answer in answers)
    left_out["rejected examples"] += kinds["reject"]
    left_out["older annotations of the same person"] += older
    if kept:
        left_out["skipped examples"] += kinds["ignore"]
        stated.spans = [span for answer in kept for span in answer.stated.spans]
        stated.changed = sum((answer.stated.changed for answer in kept), Counter())
    elif kinds["ignore"] and not kinds["reject"]:
        stated.skipped = True
    else:
        stated.without_spans = "documents whose examples were rejected"
    stated.left_out = left_out
    return stated
