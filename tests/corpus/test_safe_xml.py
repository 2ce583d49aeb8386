"""XML of anybody: nothing is fetched or expanded, size and depth are limited, encodings are as declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.corpus.formats.markup import safe_xml
from goldspan.corpus.formats.markup.safe_xml import first_elements, parse_xml
from goldspan.schema import DataError

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))

REFUSED = {
    "a billion laughs": (b"<!DOCTYPE a [%s]><a>&l9;</a>" % LAUGHS, 1, "entity 'l0'"),
    "one long entity many times": (b'<!DOCTYPE a [<!ENTITY x "%s">]>\n<a>&x;&x;</a>' % (b"y" * 9999), 1, "entity 'x'"),
    "a file": (b'\n<!DOCTYPE a [\n<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', 3, "entity 'x'"),
    "a parameter": (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><a/>', 1, "entity 'x'"),
    "a default": (b'<!DOCTYPE a [<!ATTLIST a b CDATA "zz">]><a/>', 1, "default value of the attribute 'b'"),
    "an entity of elsewhere": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>\n&nbsp;</a>', 2, "undefined entity"),
    "an attribute's": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">\n<a b="x&nbsp;"/>', 2, "undefined entity"),
    "depth": (b"<a>" * 100_000, 1, "deeper than 200"),
    "NUL": (b"<a>\n\0</a>", 2, "invalid token"),
    "NUL as a reference": (b"<a>&#0;</a>", 1, "invalid character number"),
    "half a pair": (b"<a>&#xD83D;</a>", 1, "invalid character number"),
    "another encoding": ('<?xml version="1.0"?>\n<a>é</a>'.encode("latin-1"), 2, "not UTF-8"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="x-none"?><a/>', 1, "unknown encoding 'x-none'"),
    "a compression": (b'<?xml version="1.0" encoding="bz2"?><a/>', 1, "unknown encoding"),
    "UTF-7": (b'<?xml version="1.0" encoding="utf-7"?><a/>', 1, "unknown encoding"),
    "nothing": (b"", 1, "no element"),
    "a cut": (b"<a>\n<b>", 2, "no element|unclosed"),
    "an unbound prefix": (b"<a>\n<x:b/></a>", 2, "unbound prefix"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_harm_is_refused_with_its_line(case: str) -> None:
    data, line, what = REFUSED[case]
    with pytest.raises(DataError, match=rf"^f\.xml:{line}: .*({what}).* Fix: "):
        parse_xml(data, "f.xml")
    assert len(first_elements(data)) <= 50


def test_a_document_type_of_elsewhere_is_passed_over() -> None:
    kind = b'<!DOCTYPE a PUBLIC "p" "http://127.0.0.1:9/a.dtd" [<!-- ]> --><!ELEMENT a ANY>\n]>\n'
    root = parse_xml(kind + b'<a b="x&amp;y">t</a>', "f.xml")
    assert (root.attributes, root.text, root.line) == ({"b": "x&y"}, "t", 3)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "windows-1252", "shift_jis"]
)
@pytest.mark.parametrize("mark", [False, True])
def test_encodings_are_those_declared(encoding: str, mark: bool) -> None:
    words = "é" if encoding in ("iso-8859-1", "windows-1252") else "日本" + "😊" * (encoding[:3] == "utf")
    declared = encoding.removesuffix("-le")
    start = "\ufeff" if mark and (encoding == "utf-8" or encoding.endswith("-le")) else ""
    data = f'{start}<?xml version="1.0" encoding="{declared}"?>\r\n<a>{words}\r\n</a>'.encode(encoding)
    assert parse_xml(data, "f.xml").text == f"{words}\n"


def test_large_files_are_refused_and_comments_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_xml(b"<a>" + b"x<!---->" * 50_000 + b"</a>", "f.xml").content == ["x" * 50_000]
    monkeypatch.setattr(safe_xml, "LARGEST_XML", 3)
    with pytest.raises(DataError, match="larger than 3 bytes"):
        parse_xml(b"<a/>", "f.xml")


def test_no_other_module_parses_xml() -> None:
    root = Path(safe_xml.__file__).parents[1]
    used = [path.name for path in root.rglob("*.py") if "expat" in path.read_text() or "etree" in path.read_text()]
    assert used == ["safe_xml.py"]
