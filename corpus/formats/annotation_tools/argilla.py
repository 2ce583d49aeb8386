"""The format `argilla`: records of Argilla's datasets as JSON, of versions 1 and 2.

Version 2 writes records with their parts in objects, or in columns:

```
{"id": "a", "fields": {"text": "Rebels left Goma."}, "suggestions": {},
 "responses": {"spans": [{"value": [{"start": 0, "end": 6, "label": "ACTOR"}], "user_id": "6f1c…"}]}}
{"id": "a", "text": "Rebels left Goma.", "spans.responses": [[{"start": 0, "end": 6, "label": "ACTOR"}]],
 "spans.responses.users": ["6f1c…"], "spans.responses.status": ["submitted"]}
```

Version 1 writes a list of the answers of each user, a column for each question, or, for token classification,
`annotation` and `prediction`. The response of each user is a pass. Suggestions of models are counted and left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..foreign.stated_metadata import split_metadata
from ..format_interface import ReadOptions

_FIX = "export the records with `to_json`, or the rows of `to_datasets` as JSON"
_RESPONSES, _SUGGESTION = ".responses", ".suggestion"
_TOKEN_KEYS = {"text", "tokens", "prediction", "annotation"}
_OWN = {
    "id",
    "external_id",
    "_server_id",
    "fields",
    "metadata",
    "suggestions",
    "responses",
    "vectors",
    "status",
    "tokens",
}
_OWN |= {
    "prediction",
    "annotation",
    "prediction_agent",
    "annotation_agent",
    "metrics",
    "event_timestamp",
    "inserted_at",
}
_OWN |= {"updated_at", "search_keywords", "explanation"}


class ArgillaFormat(ForeignFormat):
    """Records of a dataset with a question for spans, or of token classification."""

    name = "argilla"
    summary = "records of Argilla as JSON, with the spans of each user"
    holds = ("text", "ids", "overlaps", "cuts", "annotators")
    read_options = ("id_field", "passes")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all sampled items are records of Argilla."""
        items = [record for item in sample.objects for record in _rows(item)]
        return bool(items) and len(sample.objects) == len(sample.items) and all(map(_is_record, items))

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each record states, once for each user; see `ForeignFormat.statements`."""
        faults = FieldFaults(str(source))
        for faults.line, item in numbered_objects(str(source), noun="record", fix=_FIX):
            for record in _rows(item):
                yield from _documents(record, faults, options)
        faults.check()


ARGILLA = ArgillaFormat()


@dataclass(slots=True)
class _Response:
    """What a user answered.

    Attributes:
        user: Their id; None if unknown.
        status: `submitted`, `draft` or `discarded`; empty if unknown.
        spans: Spans as the file has them, with the question that they answer.
        others: Number of answers that are no spans.
    """

    user: str | None = None
    status: str = ""
    spans: list[tuple[str, Any]] = field(default_factory=list)
    others: int = 0


def _rows(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of an object: itself, or those of a whole dataset by column or by id."""
    columns = {key: column for key, column in item.items() if isinstance(column, list)}
    if columns.keys() == item.keys() and ("fields" in columns or "_server_id" in columns or "tokens" in columns):
        number = max(map(len, columns.values()))
        return [{key: column[n] for key, column in columns.items() if n < len(column)} for n in range(number)]
    if item and all(isinstance(row, dict) and "fields" in row for row in item.values()):
        return list(item.values())
    return [item]


def _is_record(item: Mapping[str, Any]) -> bool:
    if isinstance(item.get("fields"), dict):
        return isinstance(item.get("responses"), dict | list) or isinstance(item.get("suggestions"), dict | list)
    if isinstance(item.get("text"), str) and item.keys() >= _TOKEN_KEYS and isinstance(item["tokens"], list):
        return all(isinstance(item[key], list | None) for key in ("prediction", "annotation"))
    flat = any(key.endswith((_RESPONSES, _SUGGESTION)) for key in item)
    return flat or ("external_id" in item and any(key.endswith("-suggestion") for key in item))


def _documents(item: Mapping[str, Any], faults: FieldFaults, options: ReadOptions) -> Iterator[StatedDocument]:
    faults.document = ""
    keys = [options.id_field] if options.id_field else ["id", "external_id", "_server_id"]
    places = [item, *(item[key] for key in ("metadata", "fields") if isinstance(item.get(key), dict))]
    place = next((p for p in places if any(p.get(key) not in (None, "") for key in keys)), item)
    faults.document = faults.name(place, *keys, required=bool(options.id_field))
    responses, suggested, questions = _answers(item)
    fields = item.get("fields") if isinstance(item.get("fields"), dict) else None
    texts = {key: part for key, part in (fields or item).items() if isinstance(part, str) and key not in _OWN}
    texts = {
        key: text for key, text in texts.items() if key.partition(".")[0].partition("-suggestion")[0] not in questions
    }
    stated = StatedDocument(_text(texts, faults), id=faults.document, line=faults.line)
    metadata = item.get("metadata")
    if isinstance(metadata, str):  # rows of a dataset hold it as JSON
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            metadata = {"metadata": metadata}
    stated.meta, stated.extra = split_metadata(metadata if isinstance(metadata, dict) else {})
    stated.left_out["suggestions of models"] += suggested
    submitted = [response for response in responses if response.status != "draft"]
    stated.left_out["drafts"] += len(responses) - len(submitted)
    if not submitted:
        stated.without_spans = "documents that nobody has answered"
        yield stated
    for number, response in enumerate(submitted):
        left_out = Counter(stated.left_out) if number == 0 else Counter[str]()
        left_out["answers that are no spans"] += response.others
        discarded = response.status == "discarded"
        left_out["spans of discarded answers"] += len(response.spans) if discarded else 0
        spans = [] if discarded else list(_spans(response, faults))
        yield StatedDocument(
            stated.text,
            spans,
            stated.id,
            line=stated.line,
            annotator=response.user,
            skipped=discarded,
            meta=stated.meta,
            extra=stated.extra,
            left_out=left_out,
            without_spans="documents whose annotations mark no text" if response.others and not spans else "",
        )


def _text(texts: Mapping[str, str], faults: FieldFaults) -> str:
    """Return the only text of a record, or that of the field `text`."""
    if len(texts) == 1 or "text" in texts:
        return texts["text"] if "text" in texts else next(iter(texts.values()))
    what = f"several fields may be the text: {', '.join(texts)}" if texts else "there is no field with a text"
    faults.add(what, "call the field with the annotated text `text`")
    return ""


def _answers(item: Mapping[str, Any]) -> tuple[list[_Response], int, set[str]]:
    """Return the responses to a record, the number of suggestions, and the names of the questions."""
    if "annotation" in item and "tokens" in item:
        return _token_answers(item)
    by_user: dict[str | None, _Response] = {}
    suggested, questions = 0, set[str]()
    for question, user, status, value in _flat_answers(item):
        questions.add(question)
        response = by_user.setdefault(user, _Response(user))
        response.status = status or response.status
        if _is_span_value(value):
            response.spans += [(question, part) for part in _parts(value)]
        elif value is not None:
            response.others += 1
    for question, value in _suggestions(item):
        questions.add(question)
        suggested += len(_parts(value)) if _is_span_value(value) else value is not None
    return list(by_user.values()), suggested, questions


def _flat_answers(item: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str, Any]]:
    """Yield question, user, status and value of each answer, in whichever way the record holds them."""
    nested = item.get("responses")
    if isinstance(nested, dict):  # version 2: a list for each question
        for question, answers in nested.items():
            for answer in answers if isinstance(answers, list) else ():
                if isinstance(answer, dict):
                    yield question, _user(answer), _status(answer), answer.get("value")
    for answer in nested if isinstance(nested, list) else ():  # version 1: an object for each user
        values = answer.get("values") if isinstance(answer, dict) else None
        if isinstance(answer, dict) and not values:
            yield "", _user(answer), _status(answer), None
        for question, value in (values or {}).items() if isinstance(values, dict | None) else ():
            yield question, _user(answer), _status(answer), value.get("value") if isinstance(value, dict) else value
    for key, column in item.items():
        if key.endswith(_RESPONSES):
            users, statuses = (_padded(item.get(f"{key}.{part}"), column) for part in ("users", "status"))
            for value, user, status in zip(_padded(column, column), users, statuses, strict=True):
                yield key.removesuffix(_RESPONSES), _user({"user_id": user}), _status({"status": status}), value
        elif f"{key}-suggestion" in item:  # rows of version 1
            for answer in _parts(column):
                if isinstance(answer, dict):
                    yield key, _user(answer), _status(answer), answer.get("value")


def _suggestions(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    nested = item.get("suggestions")
    if isinstance(nested, dict):
        yield from ((key, part.get("value") if isinstance(part, dict) else part) for key, part in nested.items())
    for part in nested if isinstance(nested, list) else ():
        if isinstance(part, dict):
            yield str(part.get("question_name", "")), part.get("value")
    for key, value in item.items():
        for suffix in (_SUGGESTION, "-suggestion"):
            if key.endswith(suffix):
                yield key.removesuffix(suffix), value


def _token_answers(item: Mapping[str, Any]) -> tuple[list[_Response], int, set[str]]:
    """Return the answers of a record of token classification; without a list of spans, nobody has answered."""
    suggested = len(_parts(item.get("prediction")))
    status = item.get("status")
    annotation = item.get("annotation")
    if annotation is None and status not in ("Validated", "Discarded"):
        return [], suggested, set()
    agent = item.get("annotation_agent")
    response = _Response(agent if isinstance(agent, str) and agent else None)
    response.status = "discarded" if status == "Discarded" else "submitted"
    response.spans = [("annotation", part) for part in _parts(annotation)]
    return [response], suggested, set()


def _spans(response: _Response, faults: FieldFaults) -> Iterator[LabelledStatement]:
    for number, (question, part) in enumerate(response.spans, 1):
        name = f"span {number} of {question!r}"
        if isinstance(part, dict):
            bounds, label, words = (part.get("start"), part.get("end")), part.get("label"), part.get("text")
            span = faults.span(bounds, label, name, words=words, score=part.get("score"))
        elif isinstance(part, list) and len(part) in (3, 4):
            span = faults.span((part[1], part[2]), part[0], name, score=part[3] if len(part) == 4 else None)
        else:
            faults.add(f"{name} is not a span", _FIX)
            continue
        if span is not None:
            yield span


def _is_span_value(value: Any) -> bool:
    return isinstance(value, list | dict) and all(isinstance(part, dict) and "start" in part for part in _parts(value))


def _parts(value: Any) -> list[Any]:
    """Return the items of a list, or of an object of lists, which is how datasets store lists of objects."""
    if isinstance(value, dict) and value and all(isinstance(column, list) for column in value.values()):
        number = max(map(len, value.values()))
        return [{key: column[n] for key, column in value.items() if n < len(column)} for n in range(number)]
    return value if isinstance(value, list) else []


def _padded(values: Any, like: Any) -> list[Any]:
    found, length = (part if isinstance(part, list) else [] for part in (values, like))
    return (found + [None] * len(length))[: len(length)]


def _user(answer: Mapping[str, Any]) -> str | None:
    user = answer.get("user_id")
    return (
        str(user) if isinstance(user, str | int) and not isinstance(user, bool) and user not in ("", "None") else None
    )


def _status(answer: Mapping[str, Any]) -> str:
    return answer["status"] if isinstance(answer.get("status"), str) else ""
