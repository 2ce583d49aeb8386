"""The extractor `heideltime`: a stand-in for Java prints what HeidelTime prints; the real one is run if it is there."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.heideltime import LANGUAGES
from goldspan.schema import DataError, DependencyError, Document, Metadata, Span, conflict_scheme

JAR = os.environ.get("GOLDSPAN_TEST_HEIDELTIME", "")
"""The standalone program, where there is one; it is 70 MB with its rules, and not in any package that tests install."""

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE TimeML SYSTEM "TimeML.dtd">\n<TimeML>\n'
JAVA = """#!{python}
import json, pathlib, sys
arguments = sys.argv[1:]
place = arguments.index("-jar") + 2
text = pathlib.Path(arguments[place]).read_bytes().decode("utf-8")
here = pathlib.Path({folder!r})
settings = pathlib.Path(arguments[-1]).read_text("utf-8")
(here / "asked.json").write_text(json.dumps([arguments[place + 1 :][:-1], "treeTaggerHome" in settings]))
tags = json.loads((here / "tags.json").read_text("utf-8"))
if tags == "fails":
    sys.exit("java.lang.OutOfMemoryError")
for number, (words, kind, value) in enumerate(tags):
    text = text.replace(words, f'<TIMEX3 tid="t{{number}}" type="{{kind}}" value="{{value}}">{{words}}</TIMEX3>', 1)
sys.stdout.buffer.write(({head!r} + text + "\\n</TimeML>\\n\\n").encode("utf-8"))
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")


class StandIn:
    """A program in the place of Java, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = folder / "java"
        self.program.write_text(JAVA.format(python=sys.executable, folder=str(folder), head=HEAD), "utf-8")
        self.program.chmod(0o755)
        (folder / "heideltime.jar").write_bytes(b"jar")

    def found(self, document: Document, tags: object) -> list[Span]:
        (self._folder / "tags.json").write_text(json.dumps(tags), "utf-8")
        spec = f"heideltime:{self._folder / 'heideltime.jar'},java={self.program}"
        [spans] = load_extractor(spec, conflict_scheme()).extract([document])
        return list(spans)

    @property
    def asked(self) -> list[str]:
        arguments, has_settings = json.loads((self._folder / "asked.json").read_text("utf-8"))
        assert has_settings
        return list(arguments)


@pytest.fixture
def java(tmp_path: Path) -> StandIn:
    return StandIn(tmp_path)


def document(text: str, published: str | None = "2021-06-16", language: str | None = None) -> Document:
    return Document(id="a", text=text, meta=Metadata(published=published, language=language), spans=())


def shown(found: list[Span], text: str) -> list[tuple[str, str | None]]:
    return [(text[span.start : span.end], getattr(span.value, "edtf", None)) for span in found]


VALUES = {
    "2021-06-12": "2021-06-12", "2021-06": "2021-06", "2021": "2021", "2021-W23": "2021-06-07/2021-06-13", "2020-W53": "2020-12-28/2021-01-03",
    "2021-W60": None, "2021-SU": None, "PRESENT_REF": None, "2021-06-14T10:00": "2021-06-14", "XXXX-06-12": "XXXX-06-12", "202": None,
}  # fmt: skip


def test_values_are_those_of_heideltime_as_far_as_edtf_has_them(java: StandIn) -> None:
    words = [f"w{number}x" for number in range(len(VALUES))]
    text = ", ".join(words)
    tags = [(word, "DATE", value) for word, value in zip(words, VALUES, strict=True)]
    assert shown(java.found(document(text), tags), text) == list(zip(words, VALUES.values(), strict=True))


def test_offsets_are_those_of_the_text_whatever_it_holds(java: StandIn) -> None:
    text = "\n\nA & b <TIMEX3 x> 🙂\r\n\tMonday  and </TIMEX3> Tuesday; three days, weekly\n"
    tags = [
        ("Monday", "DATE", "2021-06-14"),
        ("Tuesday", "TIME", "2021-06-15T10:00"),
        ("three days", "DURATION", "P3D"),
        ("weekly", "SET", "P1W"),
    ]
    extractor_spans = java.found(document(text), tags)
    assert shown(extractor_spans, text) == [("Monday", "2021-06-14"), ("Tuesday", "2021-06-15")]
    assert all(span.label == "DATE" for span in extractor_spans)


def test_day_and_language_of_the_document_are_passed_on(java: StandIn) -> None:
    java.found(document("Montag", language="de"), [])
    assert java.asked == ["-dct", "2021-06-16", "-t", "news", "-l", "german", "-pos", "no", "-e", "UTF-8", "-c"]
    java.found(document("Monday", published=None), [])
    assert java.asked[:4] == ["-t", "narratives", "-l", "english"]
    with pytest.raises(
        DataError, match=r"HeidelTime has no rules for the language 'ja'. Fix: leave it out; known: ar, de"
    ):
        java.found(document("x", language="ja"), [])
    assert {"en", "ar", "fr"} <= LANGUAGES.keys()


def test_failures_are_told(java: StandIn, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape("HeidelTime failed with status 1: java.lang.OutOfMemoryError")):
        java.found(document("x"), "fails")
    marked = 'On <TIMEX3 tid="t1" type="DATE" value="2021">2021</TIMEX3>.'  # a tag that HeidelTime could have written
    with pytest.raises(DataError, match=r"HeidelTime returned another text. Fix: check whether the text has markup"):
        java.found(document(marked), [])
    java.program.unlink()
    with pytest.raises(DependencyError, match=r"java cannot be run: .* Fix: install Java, or name it as java=PROGRAM"):
        java.found(document("x"), [])


def test_the_version_changes_with_the_program(java: StandIn, tmp_path: Path) -> None:
    jar, scheme = tmp_path / "heideltime.jar", conflict_scheme()
    first = load_extractor(f"heideltime:{jar}", scheme).version
    jar.write_bytes(b"another")
    assert load_extractor(f"heideltime:{jar}", scheme).version != first


@pytest.mark.skipif(not JAR, reason="GOLDSPAN_TEST_HEIDELTIME names no standalone program of HeidelTime")
def test_the_real_program_is_run() -> None:
    text = "On 12 June 2021 & <later>, shelling 🙂 resumed on Tuesday and last week."
    [spans] = load_extractor(f"heideltime:{JAR}", conflict_scheme()).extract([document(text)])
    assert shown(spans, text) == [
        ("12 June 2021", "2021-06-12"),
        ("Tuesday", "2021-06-15"),
        ("last week", "2021-06-07/2021-06-13"),
    ]
