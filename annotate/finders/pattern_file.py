"""Files of patterns, which are written as in a scheme."""

from __future__ import annotations

from pathlib import Path

from ...schema import DataError, Problem, Scheme, did_you_mean
from ...schema.files.scheme_patterns import SchemePattern, label_patterns
from ...schema.files.toml_document import read_toml, toml_key


def read_pattern_file(path: Path, scheme: Scheme) -> dict[str, tuple[SchemePattern, ...]]:
    """Return the patterns of a file by label, in its order.

    Args:
        path: A TOML file with a list `labels.NAME.patterns` for each label.
        scheme: The scheme, which has the labels.

    Raises:
        DataError: The file cannot be read or is invalid; each problem has its line.
    """
    example = f"write [[labels.{toml_key(next(iter(scheme.labels)))}.patterns]] and below it regex = '…'"
    document = read_toml(path, example)
    problems: list[Problem] = []
    patterns: dict[str, tuple[SchemePattern, ...]] = {}
    labels = document.values.get("labels", {})
    if unknown := [key for key in document.values if key != "labels"]:
        problems.append(document.problem((unknown[0],), f"{unknown[0]}: unknown key", example))
    if not isinstance(labels, dict) or not labels:
        problems.append(document.problem(("labels",), "there are no patterns", example))
        labels = {}
    for name, table in labels.items():
        at = ("labels", name)
        if name not in scheme.labels:
            hint = did_you_mean(name, list(scheme.labels))
            problems.append(document.problem(at, f"unknown label {name!r} in scheme {scheme.ref}", hint))
        elif not isinstance(table, dict) or set(table) != {"patterns"}:
            problems.append(document.problem(at, f"labels.{name}: expected `patterns` and nothing else", example))
        else:
            patterns[name] = label_patterns(table["patterns"], (*at, "patterns"), document, problems)
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.line))
    return patterns
