"""Scores of tags on the tokens of column files, exactly as seqeval gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..schema import DataError, Problem
from ..schema.extras import require_extras

_SCHEMES = {"IOB1": "IOB1", "IOB2": "IOB2", "BILOU": "BILOU", "BIOES": "IOBES"}
"""What seqeval calls a tagging scheme."""

_KNOWN_TO_DEFAULT = ("IOB1", "IOB2", "IOBES")

_FIGURES = {"precision": "precision", "recall": "recall", "f1-score": "f1", "support": "support"}
_AVERAGES = {"micro avg": "micro", "macro avg": "macro", "weighted avg": "weighted"}

TagRow = tuple[int, str, str]
"""Line, token and tag."""


def score_tags(
    gold: Sequence[Sequence[TagRow]], system: Sequence[Sequence[TagRow]], scheme: str, paths: tuple[str, str]
) -> dict[str, Any]:
    """Score tags by seqeval, strict under the tagging scheme, and lenient, which is seqeval's default.

    Args:
        gold: The sentences of the gold.
        system: The sentences of the system, with the same tokens.
        scheme: The tagging scheme of the gold.
        paths: The files of gold and system, for messages.

    Returns:
        The scheme, and for `strict` and `lenient` the figures by average (`micro`, `macro`, `weighted`) and by label;
        `lenient` is None for BILOU, whose L and U seqeval's default does not know.

    Raises:
        DataError: The files have other tokens or sentences.
        DependencyError: seqeval is not installed.
    """
    require_extras("scoring tags", "tokens")
    import seqeval.scheme
    from seqeval.metrics import classification_report

    _require_same_tokens(gold, system, paths)
    sides = [[[tag for _, _, tag in sentence] for sentence in side] for side in (gold, system)]
    name = _SCHEMES[scheme]
    options = {"output_dict": True, "zero_division": 0}
    strict = classification_report(*sides, mode="strict", scheme=getattr(seqeval.scheme, name), **options)
    lenient = _figures(classification_report(*sides, **options)) if name in _KNOWN_TO_DEFAULT else None
    return {"scheme": name, "strict": _figures(strict), "lenient": lenient}


def _figures(report: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    rows = {name: {ours: float(row[key]) for key, ours in _FIGURES.items()} for name, row in report.items()}
    for row in rows.values():
        row["support"] = int(row["support"])
    figures: dict[str, Any] = {ours: rows[name] for name, ours in _AVERAGES.items() if name in rows}
    return figures | {"labels": {name: row for name, row in rows.items() if name not in _AVERAGES}}


def _require_same_tokens(
    gold: Sequence[Sequence[TagRow]], system: Sequence[Sequence[TagRow]], paths: tuple[str, str]
) -> None:
    fix = "score a file with the tokens and sentences of the gold, or leave out `tags`"
    for ours, theirs in zip(gold, system, strict=False):
        for a, b in zip(ours, theirs, strict=False):
            if a[1] != b[1]:
                what = f"the token {b[1]!r} is {a[1]!r} in the gold, on line {a[0]} of {paths[0]}"
                raise DataError(Problem(what, fix, paths[1], b[0]))
        if len(ours) != len(theirs):
            what = f"the sentence has {len(theirs)} tokens, and {len(ours)} in the gold, from line {ours[0][0]}"
            raise DataError(Problem(what, fix, paths[1], theirs[0][0]))
    if len(gold) != len(system):
        raise DataError(Problem(f"{len(system)} sentences, and the gold has {len(gold)}", fix, paths[1]))
