"""Make the figures of a file of scores again, from what it states and the files it names, or say what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...corpus.formats import ReadOptions
from ...eval import Comparability, Scores, comparable, load_scores
from ...eval.publishing.published_tables import score_entries
from ...eval.score_files.figure_changes import FigureChange, changed_documents, figure_changes, figures_of
from ...eval.score_files.signatures import SETTINGS, parse_signature
from ...schema import DataError, Problem, Scheme, UsageError, did_you_mean, pluralize
from ...schema.progress import Progress, ignore_progress
from ..file_scores import score_files
from ..score_inputs import SystemFile, system_file

_READING = ("columns", "repair", "encoding", "fragments", "id_field")
"""Settings that are options of readers, in the order in which `ReadOptions` takes them."""


@dataclass(frozen=True, slots=True)
class ScoreReplay:
    """The figures of a file of scores, made again.

    Attributes:
        then: The scores in the file.
        now: The scores that its inputs have now.
        settings: What differs between the signatures of both.
        changes: The figures that are not equal to the last digit.
        figures: Number of figures that were compared.
        documents: For each system whose counts are others, the ids of the documents in which they are.
    """

    then: Scores
    now: Scores
    settings: Comparability
    changes: Sequence[FigureChange]
    figures: int
    documents: Mapping[str, Sequence[str]]

    @property
    def equal(self) -> bool:
        """Whether every figure is equal to the last digit."""
        return not self.changes

    def reasons(self) -> list[str]:
        """Return what changed, in a line each."""
        lines = [
            f"{item.setting} differs ({item.noun}): {item.a} then, {item.b} now" for item in self.settings.differences
        ]
        others = self.settings.of("figures", "values", "tokens", "system")
        for name, ids in self.documents.items():
            count = pluralize(len(ids), "document")
            shown = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
            what = "counts differ" if others else "the file of the system differs, as its counts do"
            lines.append(f"{name}: {what}, in {count}: {shown}")
        if self.changes and not lines:
            lines.append(
                "neither settings nor counts differ: the figures are computed differently from the same counts"
            )
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return the replay as plain data, as printed by `goldspan score --replay FILE --json`."""
        return {
            "equal": self.equal,
            "figures": self.figures,
            "settings": [
                {"setting": item.setting, "then": item.a, "now": item.b, "affects": item.affects}
                for item in self.settings.differences
            ],
            "documents": {name: list(ids) for name, ids in self.documents.items()},
            "changes": [change.to_dict() for change in self.changes],
            "reasons": self.reasons(),
        }


def replay_scores(
    path: str | Path,
    gold: str | None = None,
    systems: Sequence[str] = (),
    *,
    scheme: Scheme,
    label_map: Path | None = None,
    remark: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> ScoreReplay:
    """Score what a file of scores was made of again, with the same settings, and compare every figure.

    Args:
        path: The file of scores.
        gold: The gold; by default the file that the scores name.
        systems: The systems, by default the files that the scores name; `NAME=FILE` is for the system of that name,
            others follow in the order of the scores.
        scheme: Scheme of the gold.
        label_map: The label map that the scores were made with; they state only its fingerprint.
        remark: Takes remarks about what was read.
        warn: Takes warnings, as in `score`.
        progress: Called now and then while files are read.

    Raises:
        DataError: The file holds no scores, or those of several calls or of a newer version; or as in `score_files`.
        UsageError: An input is not named anywhere, or one that is named contradicts the scores.
    """
    then = load_scores(path)
    settings = _settings(then, str(path))
    _require_scheme(then, scheme)
    _require_map(settings["map"], label_map)
    gold = gold or then.gold.path
    if gold is None:
        raise UsageError(f"{path} names no gold: it was in memory. Fix: name the file as `gold`")
    first = then.systems[0]
    scored = score_files(
        gold,
        _arguments(then, systems, str(path)),
        scheme,
        label_map=label_map,
        labels=() if settings["labels"] == "all" else list(first.counts.labels),
        tokens=first.tokens is not None,
        measures=list(first.spans.further),
        tests=list(dict.fromkeys(test.measure for test in then.comparisons)),
        by=list(first.slices or ()),
        options=_reading(settings),
        resamples=int(settings["boot"]),
        seed=int(settings["seed"]),
        common="documents" in settings,
        intervals="intervals" in settings,
        names=True,  # those of the file, which may be pseudonyms
        remark=remark,
        warn=warn,
        progress=progress,
    )
    now = scored.scores
    pairs = zip(then, now, strict=True)
    documents = {old.name: ids for old, new in pairs if (ids := changed_documents(old.counts, new.counts))}
    figures = len({**figures_of(then), **figures_of(now)})
    return ScoreReplay(then, now, comparable(then, now), figure_changes(then, now), figures, documents)


def _settings(scores: Scores, path: str) -> dict[str, str]:
    """Return the settings that all systems of a file state.

    Raises:
        DataError: They are those of several calls, or of a version of goldspan with more settings.
    """
    signatures = {system.signature for system in scores}
    if len(signatures) > 1:
        fix = "replay each of the files that were merged"
        raise DataError(Problem("holds scores of several calls: its systems have different signatures", fix, path))
    settings = parse_signature(signatures.pop())
    if unknown := [name for name in settings if name not in SETTINGS]:
        what = f"was made with a setting that this goldspan does not have: {unknown[0]}:{settings[unknown[0]]}"
        raise DataError(Problem(what, f"install goldspan {settings['goldspan']}, which wrote it", path))
    return settings


def _require_scheme(scores: Scores, scheme: Scheme) -> None:
    name = scores.gold.scheme.rpartition("@")[0]
    if name != scheme.name:
        what = f"the scores were made under the scheme {scores.gold.scheme}, and not under {scheme.ref}"
        raise UsageError(f"{what}. Fix: name its file as `scheme`")


def _require_map(stated: str, label_map: Path | None) -> None:
    if stated == "none" and label_map is not None:
        raise UsageError("`label_map` contradicts the scores, which were made without one. Fix: leave it out")
    if stated != "none" and label_map is None:
        what = f"the scores were made with a label map, of which they state only the fingerprint {stated}"
        raise UsageError(f"{what}. Fix: name its file as `label_map`")


def _reading(settings: Mapping[str, str]) -> ReadOptions:
    """Return the options by which files of other formats were read."""
    columns, repair, encoding, fragments, id_field = (settings.get(name, "").replace("%7C", "|") for name in _READING)
    return ReadOptions(columns, repair, encoding, fragments, id_field)


def _arguments(scores: Scores, given: Sequence[str], path: str) -> list[str]:
    """Return the systems as arguments of `score_files`, those of one name being runs.

    Raises:
        UsageError: A name is not that of a system, or there are too many or too few files.
    """
    names = [(run.name, entry.name) for entry in score_entries(scores) for run in entry.scored]
    by_run = dict(names)
    found: dict[str, str] = {}
    unnamed: list[SystemFile] = []
    for argument in given:
        file = system_file(argument)
        if not file.name:
            unnamed.append(file)
            continue
        free = [run for run, entry in names if file.name in (run, entry) and run not in found]
        if not free:
            hint = did_you_mean(file.name, list(by_run))
            raise UsageError(f"{path} has no system {file.name!r}, or it is named twice: {hint}")
        found[free[0]] = file.path
    left = [system.name for system in scores if system.name not in found]
    if unnamed and len(unnamed) != len(left):
        count = pluralize(len(unnamed), "file")
        what = f"{count} for {pluralize(len(left), 'system')} of {path}: {', '.join(left)}"
        raise UsageError(f"{what}. Fix: name them all, in this order, or each as NAME=FILE")
    found |= dict(zip(left, (file.path for file in unnamed), strict=True)) if unnamed else {}
    found = {**scores.sources, **found}
    if missing := [system.name for system in scores if system.name not in found]:
        what = f"{path} does not say which file {missing[0]!r} was in"
        raise UsageError(f"{what}. Fix: name the gold and then the systems, as NAME=FILE or in the order of the scores")
    return [f"{by_run[system.name]}={found[system.name]}" for system in scores]
