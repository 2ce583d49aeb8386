"""Questions of a migration as JSONL: they are written, people fill in the answers, and the next run reads these.

One question per line:

```json
{"document": "a", "start": 10, "end": 14, "kind": "label", "label": "STRUCK", "value": {"min": 3}, "field": "",
 "options": ["KILLED", "INJURED"], "spans": [], "context": "…the flood took [three] of them…", "answer": null,
 "by": null}
```

An answer is one of the options; a string or the parts of a value; for spans that overlap, a list of the numbers of
those that stay, counted from 1; and `""` sets it aside.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from ...schema.migration.questions import Answers, MigrationQuestion, QuestionKey, QuestionKind
from ..storage.file_io import open_writer
from ..storage.json_lines import parse_lines

_NOUN, _FIX = "a question of a migration", "name a file that `goldspan schema migrate` has written"


class _QuestionLine(msgspec.Struct, forbid_unknown_fields=True):
    document: str
    start: int
    end: int
    kind: QuestionKind
    label: str = ""
    value: dict[str, Any] | None = None
    field: str = ""
    options: tuple[str, ...] = ()
    spans: tuple[dict[str, Any], ...] = ()
    context: str | None = None
    answer: Any = None
    by: str | None = None

    @property
    def key(self) -> QuestionKey:
        """The key of the question."""
        return MigrationQuestion(
            self.kind,
            self.document,
            self.start,
            self.end,
            label=self.label,
            value=self.value,
            field=self.field,
            spans=self.spans,
        ).key


def read_answers(path: str | Path) -> Answers:
    """Return the answers in a file of questions; none if there is no such file yet.

    Raises:
        DataError: The file cannot be read, or a line is not a question.
    """
    return {line.key: line.answer for line in _read_lines(path) if line.answer is not None}


def write_questions(path: str | Path, questions: Iterable[MigrationQuestion]) -> int:
    """Write open questions to a file, after the lines of it that have answers, and return their number.

    Raises:
        DataError: The file exists and holds something else.
        DependencyError: It cannot be written.
    """
    answered = [line for line in _read_lines(path) if line.answer is not None]
    known = {line.key for line in answered}
    lines = [_line(question) for question in questions if question.key not in known]
    with open_writer(str(path)) as stream:
        stream.writelines(msgspec.json.encode(line) + b"\n" for line in [*answered, *lines])
    return len(lines)


def question_record(question: MigrationQuestion) -> dict[str, Any]:
    """Return a question as JSON-compatible data, as a line of the file."""
    record: dict[str, Any] = msgspec.to_builtins(_line(question))
    return record


def _line(question: MigrationQuestion) -> _QuestionLine:
    return _QuestionLine(
        document=question.document,
        start=question.start,
        end=question.end,
        kind=question.kind,
        label=question.label,
        value=question.value,
        field=question.field,
        options=question.options,
        spans=tuple(dict(span) for span in question.spans),
        context=question.context,
    )


def _read_lines(path: str | Path) -> list[_QuestionLine]:
    if not Path(path).exists():
        return []
    return list(parse_lines(path, _QuestionLine, lambda line: line, noun=_NOUN, fix=_FIX))
