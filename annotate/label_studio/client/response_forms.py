"""The form of a server's responses, as far as anything relies on it; what else is in them may be anything.

The SDK builds its models without checking what they hold, so that another form would only be noticed where it is used.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec


class _Numbered(msgspec.Struct):
    id: int


class _TitledProject(_Numbered):
    title: str | None = None


class _Project(msgspec.Struct):
    task_number: int | None = None
    total_predictions_number: int | None = None
    total_annotations_number: int | None = None
    description: str | None = None
    label_config: str | None = None
    expert_instruction: str | None = None
    model_version: str | None = None


class _ProjectPage(msgspec.Struct):
    count: int
    results: list[_TitledProject]


class _TaskPage(msgspec.Struct):
    total: int
    total_predictions: int
    tasks: list[_Numbered]


class _Prediction(_Numbered):
    task: int
    result: list[Any]


class _ExportedTask(_Numbered):
    annotations: list[_Numbered] = []
    drafts: list[_Numbered] = []


_NO_CONTENT = 204
_FORMS: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(request), form)
    for request, form in (
        (r"GET /api/projects/", _ProjectPage),
        (r"POST /api/projects/", _Numbered),
        (r"GET /api/projects/\d+/", _Project),
        (r"GET /api/projects/\d+/export", list[_ExportedTask]),
        (r"GET /api/tasks/", _TaskPage),
        (r"GET /api/tasks/\d+/annotations/", list[_Numbered]),
        (r"GET /api/predictions/", list[_Prediction]),
        (r"GET /api/(users|ml|webhooks)/", list[_Numbered]),
        (r"GET /api/(version/|invite)", dict[str, Any]),
    )
)


def form_error(request: str, status: int, body: bytes) -> str:
    """Return what is wrong with the body of a successful response; empty if nothing is.

    Args:
        request: Method and path of the request.
        status: Status of the response.
        body: The body, which may only be empty if something was deleted, or if the status says that there is none.
    """
    if not body and (status == _NO_CONTENT or request.startswith("DELETE ")):
        return ""
    # a body of any form is only parsed, which takes a twentieth of the time that decoding takes
    form: Any = next((form for pattern, form in _FORMS if pattern.fullmatch(request)), msgspec.Raw)
    try:
        msgspec.json.decode(body, type=form)
        body.decode()
    except msgspec.ValidationError as error:
        return f"the response is not what Label Studio sends ({error})"
    except (ValueError, RecursionError):
        return _error_of_lenient_json(body, Any if form is msgspec.Raw else form)
    return ""


def _error_of_lenient_json(body: bytes, form: Any) -> str:
    """Return what is wrong with a body that may hold lone surrogates, as a note of an annotator may."""
    try:
        msgspec.convert(json.loads(body), type=form)
    except msgspec.ValidationError as error:
        return f"the response is not what Label Studio sends ({error})"
    except (ValueError, RecursionError):
        return "the response is not JSON"
    return ""
