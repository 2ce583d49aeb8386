from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldspan.schema import DataError
from goldspan.schema.files.toml_document import TomlDocument, TomlPath, parse_toml, read_toml

SCALARS = st.sampled_from(
    [
        "1",
        "-1.5e+3",
        "nan",
        "true",
        "1979-05-27 07:32:00.5",
        "07:32:00",
        '"# [bait]"',
        r'"\"bait\" = {\\"',
        r"'\'",
        "'bait = [1, '",
        '""',
        '"""\n[bait]\nbait = 1 """""',
        '"""\\"""bait\\\n  = {"""',
        "'''it''s\n[[bait]]\n# bait = '''''",
        "''''''",
        "[]",
        "{}",
    ]
)
SPACES = st.sampled_from(["", " ", "\t "])
ENDS = st.sampled_from(["\n", "\r\n", "  # bait = [ ' \" {\n", "\n\n  \n"])


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    """TOML in which each key has a number of its own, so that it stands on a single line."""
    numbers = iter(range(10_000))

    def key(parts: int) -> str:
        forms = [draw(st.sampled_from(["k{}-_", '"k{} . = ["', "'k{} \" ]'", r'"k{}\u0041\""'])) for _ in range(parts)]
        dot = f"{draw(SPACES)}.{draw(SPACES)}"
        return dot.join(form.format(next(numbers)) for form in forms)

    def pair(depth: int) -> str:
        return f"{key(draw(st.integers(1, 3)))}{draw(SPACES)}={draw(SPACES)}{value(depth)}"

    def value(depth: int) -> str:
        kind = draw(st.integers(0, 2)) if depth else 0
        if kind == 1:
            return "{" + ", ".join(pair(depth - 1) for _ in range(draw(st.integers(1, 3)))) + draw(SPACES) + "}"
        if kind == 2:
            items = "".join(f"{value(depth - 1)},{draw(ENDS)}" for _ in range(draw(st.integers(1, 3))))
            return f"[{draw(ENDS)}{items}]"
        return draw(SCALARS)

    lines = [pair(3) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(0, 4))):
        head = key(draw(st.integers(1, 2)))
        several = draw(st.booleans())
        for _ in range(draw(st.integers(1, 2)) if several else 1):
            lines.append(f"[[{head}]]" if several else f"{draw(SPACES)}[{draw(SPACES)}{head}{draw(SPACES)}]")
            lines += [pair(2) for _ in range(draw(st.integers(0, 2)))]
            if draw(st.booleans()):
                lines += [f"[{head}.{key(1)}]", pair(1)]
    return "".join(line + draw(ENDS) for line in lines)


def paths(value: Any, at: TomlPath = ()) -> Iterator[TomlPath]:
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from paths(part, (*at, key))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(toml_texts())
def test_each_key_of_a_document_has_the_line_on_which_its_statement_begins(text: str) -> None:
    document, lines = parse_toml(text), text.replace("\r\n", "\n").split("\n")
    assert document.values == tomllib.loads(text) or "nan" in text
    written = {
        number: line for line, words in reversed([*enumerate(lines, 1)]) for number in re.findall(r"\bk\d+", words)
    }
    for at in paths(document.values):
        if at and isinstance(at[-1], str):
            first, own = document.line(at), written[at[-1].partition(" ")[0].rstrip('-_A"')]
            assert first <= own and lines[first - 1].strip(), at
            for last in range(first, own):  # the value is open until then
                with pytest.raises(tomllib.TOMLDecodeError):
                    tomllib.loads("\n".join(lines[first - 1 : last]))
        elif at:
            assert document.line(at) >= document.line(at[:-1])


LISTS = """\
[[article]]
file = "a"
[[article]]
file = "b"
[article.more]
tags = [
  "x",
  { y = 1 },
]
"""


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (("article",), 1),
        (("article", 0), 1),
        (("article", 0, "file"), 2),
        (("article", 1), 3),
        (("article", 1, "file"), 4),
        (("article", 1, "more"), 5),
        (("article", 1, "more", "tags", 0), 6),
        (("article", 1, "more", "tags", 1, "y"), 6),
        (("article", 1, "more", "no such key"), 5),
        (("no such key",), 1),
    ],
)
def test_an_item_of_a_list_has_a_line_and_what_is_missing_has_that_of_its_table(at: TomlPath, line: int) -> None:
    assert parse_toml(LISTS).line(at) == line


def test_a_list_without_end_costs_its_lines_and_no_time() -> None:
    text = "a = 1\nb = [\n" + "[]\n,\n" * 20_000 + "]\nc = 1\n"
    document = parse_toml(text)
    assert [document.line((key,)) for key in "abc"] == [1, 0, 0]  # rather unknown than wrong
    open_lists = parse_toml(text.replace("[]\n", "1\n"))
    assert (open_lists.line(("b",)), open_lists.line(("c",))) == (2, 40_004)


def test_a_list_of_many_lines_with_brackets_has_its_line_and_so_has_what_follows() -> None:
    text = "[t]\nb = [ # [some]\n" + '  "[Iran] struck {1}", # note\n' * 2000 + "]\n[u]\nc = 1\n"
    document = parse_toml(text)
    assert [document.line(path) for path in (("t", "b"), ("u",), ("u", "c"))] == [2, 2004, 2005]


def test_values_from_elsewhere_have_no_lines() -> None:
    assert TomlDocument({"a": 1}).line(("a",)) == 0


FAULTS = {
    "a fault within": (b"a = 1\nb = \n", ":2: not TOML: Invalid value"),
    "an open string": (b'a = 1\nb = """x\n', ":3: not TOML: Unterminated string (at end of document)"),
    "too deep": (b"x = " + b"[" * 5000, ": not TOML: it nests too deeply"),
    "deep dotted keys": (b".".join([b"a"] * 100) + b" = 1\n", ": not TOML: nested too deeply"),
    "a key of hundreds of parts": (b".".join([b"a"] * 20_000) + b" = 1\n", ": not TOML: a key has hundreds of parts"),
    "Latin-1": (b"a = '\xe9'\n", ": not UTF-8. Fix: save it as UTF-8"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_file_is_told_with_its_line_where_it_has_one(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(FAULTS[name][0])
    with pytest.raises(DataError) as refused:
        read_toml(path)
    assert str(refused.value).startswith(f"{path}{FAULTS[name][1]}")


def test_a_missing_file_is_told() -> None:
    with pytest.raises(DataError, match=r"^no\.toml: cannot be read: No such file or directory\. Fix: check the path"):
        read_toml(Path("no.toml"))
