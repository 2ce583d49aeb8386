"""The extractor `heideltime`: the temporal tagger HeidelTime, a program in Java (Strötgen and Gertz 2013).

It is run once for each document, since its standalone program takes one day of publication. What it returns is the text
with `<TIMEX3>` in it, unescaped, so that the tags are taken out and the rest is compared with the text.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import file_digest
from importlib import resources
from pathlib import Path
from typing import Any

from ...schema import (
    DataError,
    DependencyError,
    Document,
    Extractor,
    Parameter,
    Problem,
    Scheme,
    Span,
    Value,
    primary_language,
)
from ..child_environment import without_tokens
from .normalisation import MAP, ForeignSpan, PredictionNormalizer
from .programs import last_line_of, run_program

LANGUAGES = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fr": "french",
    "hr": "croatian",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ru": "russian",
    "vi": "vietnamese",
    "zh": "chinese",
}
"""The languages for which people wrote rules of HeidelTime, by their codes; its rules of others are automatic."""

_SETTINGS = """\
considerDate = true
considerDuration = true
considerSet = true
considerTime = true
treeTaggerHome =
typeSystemHome = desc/type/HeidelTime_TypeSystem.xml
typeSystemHome_DKPro = desc/type/DKPro_TypeSystem.xml
chineseTokenizerPath =
uimaVarDate = Date
uimaVarDuration = Duration
uimaVarLanguage = Language
uimaVarSet = Set
uimaVarTime = Time
uimaVarTypeToProcess = Type
uimaVarTemponym = Temponym
"""
_BEGIN, _END = b"<TimeML>\n", b"\n</TimeML>"
_TAG = re.compile(r'<TIMEX3 tid="t[0-9]+" type="([A-Z]+)" value="([^"<>]*)"[^<>]*>|</TIMEX3>')
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


class HeidelTime:
    """An extractor that runs HeidelTime, with the values that it gives.

    Args:
        scheme: The scheme of the layers.
        jar: The file of the standalone program.
        java: The program that runs it.
        timeout: Time limit in seconds for a document.
        map: A file that maps the types of TIMEX3; by default dates and times are the scheme's DATE.
    """

    def __init__(self, scheme: Scheme, *, jar: Path, java: str, timeout: float, map: Path | None) -> None:  # noqa: A002
        own = Path(str(resources.files("goldspan.corpus.gold_sets").joinpath("maps/tempeval-3.toml")))
        self._scheme, self._jar, self._java, self._timeout = scheme, jar.absolute(), java, timeout
        self._normalizer = PredictionNormalizer(scheme, map=map or own, fill=False)
        self.tally = self._normalizer.tally
        with jar.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        self.name, self.version = "heideltime", f"{digest[:8]}{self._normalizer.signature}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: HeidelTime has no rules for the language of a document, failed, or returned another text.
            DependencyError: Java cannot be run.
        """
        return self._normalizer.layers(documents, [self._found(document) for document in documents])

    def _found(self, document: Document) -> list[ForeignSpan]:
        tag = document.meta.language
        language = LANGUAGES.get(primary_language(tag) if tag else "en")
        if language is None:
            fix = f"leave it out; known: {', '.join(sorted(LANGUAGES))}"
            raise DataError(Problem(f"HeidelTime has no rules for the language {tag!r}", fix))
        text = document.text or ""
        output = self._run(text, language, document.meta.published or "")
        begin, end = output.find(_BEGIN), output.rfind(_END)
        marked = output[begin + len(_BEGIN) : end].decode("utf-8", "replace") if 0 <= begin <= end else ""
        parts, spans = _without_tags(marked)
        if parts != text:
            fix = "check whether the text has markup of its own"
            raise DataError(Problem("HeidelTime returned another text", fix))
        return [ForeignSpan(start, stop, kind, value=self._value(kind, value)) for start, stop, kind, value in spans]

    def _run(self, text: str, language: str, published: str) -> bytes:
        """Return what HeidelTime prints of a text."""
        dated = ["-dct", published, "-t", "news"] if published else ["-t", "narratives"]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "config.props").write_text(_SETTINGS, "utf-8")
            (folder / "text.txt").write_bytes(text.encode("utf-8"))
            command = [self._java, "-Dfile.encoding=UTF-8", "-jar", str(self._jar), str(folder / "text.txt"), *dated]
            command += ["-l", language, "-pos", "no", "-e", "UTF-8", "-c", str(folder / "config.props")]
            try:
                status, output, errors = run_program(command, b"", without_tokens(), self._timeout)
            except subprocess.TimeoutExpired as error:
                raise DataError(Problem(f"no answer within {self._timeout:g} seconds", "timeout=SECONDS")) from error
            except OSError as error:
                message = f"{self._java} cannot be run: {error.strerror}"
                raise DependencyError(f"{message}. Fix: install Java, or name it as java=PROGRAM") from error
        if status or _BEGIN not in output:
            reason = last_line_of(errors) or last_line_of(output) or "no error message"
            raise DataError(Problem(f"HeidelTime failed with status {status}: {reason}"))
        return output

    def _value(self, kind: str, stated: str) -> Value | None:
        """Return the value of an expression; None if the scheme has no field for dates, or cannot write it as one."""
        target = self._normalizer.names.get(kind)
        if not target:
            return None
        label = self._scheme.label(target)
        field = next((item.name for item in label.fields.values() if item.type.name == "edtf"), None)
        day = _as_edtf(stated)
        if field is None or label.value_problem({field: day}) is not None:
            return None
        return self._scheme.value(target, **{field: day})


def _as_edtf(value: str) -> str:
    """Return a value of TIMEX3 as EDTF: a week as its days, a time as its day, and anything else as it is."""
    if match := _WEEK.fullmatch(value):
        try:
            days = [date.fromisocalendar(int(match[1]), int(match[2]), day).isoformat() for day in (1, 7)]
        except ValueError:
            return value
        return "/".join(days)
    return value.partition("T")[0]


def _without_tags(marked: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """Return a text without the tags of HeidelTime, and start, end, type and value of each expression."""
    parts: list[str] = []
    found: list[tuple[int, int, str, str]] = []
    opened: tuple[int, str, str] | None = None
    length = last = 0
    for tag in _tags(marked):
        parts.append(marked[last : tag.start()])
        length, last = length + tag.start() - last, tag.end()
        if tag[1] is not None:
            opened = (length, tag[1], tag[2])
        elif opened is not None:
            found.append((opened[0], length, *opened[1:]))
            opened = None
    return "".join([*parts, marked[last:]]), found


def _tags(marked: str) -> Iterator[re.Match[str]]:
    """Yield the tags; an end without a beginning is a part of the text."""
    is_open = False
    for tag in _TAG.finditer(marked):
        if (tag[1] is None) is is_open:
            is_open = not is_open
            yield tag


class _HeidelTimeFactory:
    summary = "the temporal tagger HeidelTime, by Java: dates, with its own values"
    parameters = (
        Parameter("jar", "its standalone program (.jar)", type=Path, required=True, positional=True),
        Parameter("java", "the program that runs it", default="java"),
        Parameter("timeout", "time limit for a document, in seconds", type=float, default=600.0),
        MAP,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor. Nothing is run before the first document.

        Raises:
            DataError: The label map is invalid.
        """
        return HeidelTime(scheme, **arguments)


HEIDELTIME = _HeidelTimeFactory()
"""The factory behind the entry point `heideltime`."""
