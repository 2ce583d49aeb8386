"""Scores as entries of a model card: the `model-index` of Hugging Face, written by huggingface_hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...schema import UsageError, did_you_mean
from ...schema.extras import require_extras
from .published_tables import ScoreEntry, score_entries

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

    from ..score_results import Scores

_RATES = ("precision", "recall", "f1")


def model_index(
    scores: Scores,
    *,
    model: str,
    dataset: str,
    dataset_name: str = "",
    split: str | None = None,
    revision: str | None = None,
    system: str | None = None,
    metrics: Sequence[str] = (),
) -> str:
    """Return the metadata of a model card; arguments and errors are those of `Scores.to_model_index`."""
    require_extras("a model card", "hub")
    from huggingface_hub import ModelCardData

    if isinstance(metrics, str):
        raise UsageError(f"`metrics` is a string. Fix: a list, [{metrics!r}]")
    for name, text in (("model", model), ("dataset", dataset)):
        if not isinstance(text, str):
            raise UsageError(
                f"`{name}` is of the type {type(text).__name__}. Fix: its id on the hub, as in 'us/tagger'"
            )
        if not text.strip():
            raise UsageError(f"`{name}` is empty. Fix: its id on the hub")
    entry = _entry(scores, system)
    results = []
    for path in metrics or _default_metrics(entry):
        found = entry.figure(path)
        if found.value is None:
            raise UsageError(f"`metrics`: {path} of {entry.name!r} is undefined. Fix: leave it out")
        results.append(
            _result(entry, path, dataset=dataset, name=dataset_name or dataset, split=split, revision=revision)
        )
    return ModelCardData(model_name=model, eval_results=results).to_yaml() + "\n"


def _entry(scores: Scores, system: str | None) -> ScoreEntry:
    """Return a system by its name; the only one if no name is given."""
    entries = {entry.name: entry for entry in score_entries(scores)}
    if system is None and len(entries) == 1:
        return next(iter(entries.values()))
    if system is None:
        raise UsageError(f"a model card is of one system. Fix: name it as `system`, one of {', '.join(entries)}")
    if system not in entries:
        raise UsageError(f"unknown system {system!r}: {did_you_mean(system, list(entries))}")
    return entries[system]


def _default_metrics(entry: ScoreEntry) -> list[str]:
    """Return strict precision, recall and F1, F1 of the other measures, and value F1 of the labels that have one."""
    strict, *others = entry.first.spans.parts()
    paths = [f"spans.{strict}.micro.{rate}" for rate in _RATES]
    paths += [f"spans.{measure}.micro.f1" for measure in others]
    values = [f"values.{label}.value_f1" for label in entry.first.values]
    return [path for path in (*paths, *values) if entry.figure(path).value is not None]


def _result(
    entry: ScoreEntry, path: str, *, dataset: str, name: str, split: str | None, revision: str | None
) -> EvalResult:
    from huggingface_hub import EvalResult

    found = entry.figure(path)
    last = path.rpartition(".")[2]
    arguments: dict[str, object] = {"signature": f"{path}|{entry.first.signature}"}
    if found.interval is not None:
        arguments["interval"] = list(found.interval)
    if entry.runs is not None:
        arguments |= {"runs": len(entry.runs.systems), "deviation": found.deviation}
    return EvalResult(
        task_type="token-classification",
        task_name="Span annotation",
        dataset_type=dataset,
        dataset_name=name,
        dataset_split=split,
        dataset_revision=revision,
        metric_type=next((rate for rate in _RATES if last.endswith(rate)), last),
        metric_name=path,
        metric_value=found.value,
        metric_args=arguments,
    )
