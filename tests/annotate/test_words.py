"""The words of the rules: what the files hold, and that mistakes in them are named with their line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.annotate.rules.decision_table import DecisionRule, decide, deciding_rule, no, yes
from goldspan.annotate.rules.places.place_names import HEAD_KINDS
from goldspan.annotate.rules.word_files import WordTables, parse_word_file, shipped_words
from goldspan.annotate.rules.word_lists import (
    PLACE_NOUNS,
    class_names,
    word_classes,
    word_groups,
    word_list,
    word_values,
)
from goldspan.schema import DataError

RULES = Path(__file__).parents[2] / "annotate" / "rules"
FILES = sorted((RULES / "words").glob("*.toml"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(RULES.rglob("*.py"))}

MISTAKES = {
    "a duplicate": (
        '[lists]\n\n# Why.\na = """\none two\nthree one\n"""\n',
        6,
        "duplicate 'one' in a. Fix: remove one",
    ),
    "a duplicate in one line": ('[lists]\na = "one two one"\n', 2, "duplicate 'one' in a. Fix: remove one"),
    "a duplicate phrase": (
        '[lists]\na = ["up to",\n "over",\n "up to"]\n',
        4,
        "duplicate 'up to' in a. Fix: remove one",
    ),
    "a capital": (
        '[classes]\na = "one"\nb = "two\\tThree"\n',
        3,
        "'Three' in b is not in lower case. Fix: write three",
    ),
    "one word in two lists of a group": (
        '[groups.g]\na = "one"\nb = "one"\n',
        3,
        "duplicate 'one' in g. Fix: remove one",
    ),
    "an unknown table": (
        '[list]\na = "one"\n',
        1,
        "unknown table list. Fix: use one of classes, lists, names, groups, values",
    ),
    "no words": ('[lists]\na = ""\n', 2, "a has no words. Fix: write words in quotation marks, or a list of phrases"),
    "a word as a number": (
        '[values.v]\none = "1"\n',
        1,
        "v is not a table of numbers. Fix: write one whole number for each word",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_word_file_is_named_with_its_line(mistake: str) -> None:
    text, line, message = MISTAKES[mistake]
    with pytest.raises(DataError) as refused:
        parse_word_file(text, "places.toml")
    assert str(refused.value) == f"places.toml:{line}: {message}"


def test_a_file_that_is_not_toml_is_refused() -> None:
    with pytest.raises(DataError, match=r"places\.toml.*: not TOML: "):
        parse_word_file('[lists]\na = "one\n', "places.toml")


def test_names_keep_their_case_and_may_be_phrases() -> None:
    tables = parse_word_file('[names]\na = ["Eid", "New Year"]\n[values.v]\none = 1\n', "a.toml")
    assert tables == WordTables(names={"a": ("Eid", "New Year")}, values={"v": {"one": 1}})


def test_the_shipped_files_are_valid_and_give_words_by_name() -> None:
    assert word_classes()["monday"] == {"calendar", "common"}
    assert {"given"} <= word_classes()["volodymyr"]
    assert word_list("before_weekend", "along_prepositions") == {"over", "at", "during", "on", "since", "off", "along"}
    assert word_groups("place_prefixes")["wadi"] == "natural"
    assert word_values("scales")["lakh"] == 100_000


def test_an_unknown_class_or_list_is_an_error() -> None:
    with pytest.raises(KeyError, match="speach"):
        class_names("acting", "speach")
    with pytest.raises(KeyError, match="befor_may"):
        word_list("befor_may")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_comment_says_what_each_set_is_for(path: Path) -> None:
    text = path.read_text("utf-8")
    sets = re.findall(r"((?:^#.*\n)*)^(?:(\w+) = (?=[\"\[])|\[(?:groups|values)\.(\w+)\])", text, re.M)
    in_groups = {name for group in parse_word_file(text, path.name).groups.values() for name in group}
    assert [name or table for comment, name, table in sets if not comment and name not in in_groups] == []


def strings() -> Iterator[str]:
    """Every string in the code of the rules."""
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_set_is_used() -> None:
    tables = shipped_words()
    names = [*tables.classes, *tables.lists, *tables.names, *tables.groups, *tables.values]
    made = {f"unit_{unit}" for unit in ("attack", "weapon", "site", "group", "personnel", "people")}
    made |= {f"outcome_{unit}" for unit in ("killed", "injured", "casualties", "detained", "displaced", "other")}
    assert set(names) - set(strings()) - made == set()


def test_classes_in_tests_of_words_exist() -> None:
    known = {name for names in word_classes().values() for name in names}
    met = [
        f"{path.name}:{node.lineno} {node.left.value!r}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and "classes" in ast.unparse(node)
        if node.left.value not in known
    ]
    assert met == []


def branches(function: ast.FunctionDef) -> int:
    """Count the branches of a function: statements and expressions that decide, and what they combine."""
    count = 0
    nodes: list[ast.AST] = list(ast.iter_child_nodes(function))
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        count += isinstance(node, ast.If | ast.For | ast.While | ast.IfExp | ast.ExceptHandler | ast.match_case)
        count += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
        count += 1 + len(node.ifs) if isinstance(node, ast.comprehension) else 0
        nodes += ast.iter_child_nodes(node)
    return count


def test_no_rule_has_many_branches() -> None:
    counts = {
        f"{path.relative_to(RULES)} {node.name}": branches(node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: count for name, count in counts.items() if count > 15} == {}


def test_the_first_rule_that_applies_decides() -> None:
    rules: list[DecisionRule[int, bool]] = [
        DecisionRule("small", lambda number: number < 3, no),
        DecisionRule("positive", lambda number: number > 0, yes),
        DecisionRule("even", lambda number: number % 2 == 0, lambda number: number == 0),
    ]
    assert [decide(rules, number, otherwise=True) for number in (1, 5)] == [False, True]
    rule = deciding_rule(rules, 2)
    assert rule is not None and rule.name == "small"
    assert deciding_rule(rules[1:], -1) is None and decide(rules[1:], -1, otherwise=True)


def test_the_nouns_in_names_of_places_are_those_that_have_a_kind() -> None:
    assert HEAD_KINDS.keys() == PLACE_NOUNS
