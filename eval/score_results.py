"""Scores of one or more systems against the same gold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..schema import UsageError, did_you_mean, pluralize
from .comparisons.system_comparison import ComparisonTable, SystemComparison, comparison_table
from .comparisons.system_runs import SystemRuns
from .metric_types.metric_groups import Metric, MetricInterval
from .publishing.model_index import model_index
from .publishing.published_tables import published_tables, score_signatures
from .publishing.score_writer import write_scores
from .publishing.table_formats import latex_tables, markdown_tables
from .publishing.tidy_rows import csv_pieces
from .result_display import Figure, format_metric, html_block, html_table, note_count, text_table
from .system_score import SystemScore, document_frame, main_metrics, slice_frame, system_frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class GoldSummary:
    """What systems were scored against.

    Attributes:
        path: Path of the gold; None if it was in memory.
        documents: Number of documents.
        spans: Number of spans of the scored labels outside zones.
        sha256: Fingerprint.
        scheme: Name and version of the scheme.
    """

    path: str | None
    documents: int
    spans: int
    sha256: str
    scheme: str

    def __str__(self) -> str:
        counts = f"{pluralize(self.documents, 'document')}, {pluralize(self.spans, 'span')}"
        return f"gold{f' {self.path}' if self.path else ''}: {counts}, {self.sha256[:12]}"


@dataclass(frozen=True, repr=False)
class Scores:
    """Scores of one or more systems against the same gold.

    `scores["rules"]` is the score of the system `rules`, `scores[0]` that of the first one; iteration yields all.

    Attributes:
        gold: What the systems were scored against.
        systems: Scores of the systems, in the order of the arguments.
        comparisons: Significance tests between all pairs of systems, by each tested metric.
        notes: Caveats that readers of the scores should know.
        runs: Systems that were scored several times; each of their runs is in `systems`.
        settings: What the scores depend on, by its name in the signatures, such as `boot` for the number of resamples.
        sources: The file of each system, by its name, as the call stated it; none of systems in memory.
    """

    gold: GoldSummary
    systems: list[SystemScore]
    comparisons: list[SystemComparison]
    notes: list[str]
    runs: list[SystemRuns] = field(default_factory=list)
    settings: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, system: str | int) -> SystemScore:
        if isinstance(system, int):
            if not -len(self.systems) <= system < len(self.systems):
                count = pluralize(len(self.systems), "system")
                raise UsageError(f"system {system} is out of range: the scores have {count}")
            return self.systems[system]
        for score in self.systems:
            if score.name == system:
                return score
        for group in self.runs:
            if group.name == system:
                names = ", ".join(repr(run.name) for run in group.systems)
                raise UsageError(f"{system!r} has {pluralize(len(group.systems), 'run')}: {names}")
        raise UsageError(f"unknown system {system!r}: {did_you_mean(str(system), [s.name for s in self.systems])}")

    def __len__(self) -> int:
        return len(self.systems)

    def __iter__(self) -> Iterator[SystemScore]:
        return iter(self.systems)

    def to_dict(self, *, documents: bool = False) -> dict[str, Any]:
        """Return the scores as plain data, as printed by `goldspan score --json`.

        Args:
            documents: Include the figures of each document.
        """
        return {
            "gold": asdict(self.gold),
            "systems": [system.to_dict(documents=documents) for system in self.systems],
            **({"runs": [group.to_dict() for group in self.runs]} if self.runs else {}),
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "notes": self.notes,
        }

    def save(self, path: str | Path) -> None:
        """Write the scores to a file that `goldspan.load_scores` reads, all of it or nothing.

        It holds what `to_dict` returns and the counts of each document, about 40 bytes per document and system.

        Args:
            path: The file, whose name ends with .json, or .json.gz or .json.zst to be compressed. A file of scores is
                replaced.

        Raises:
            DependencyError: The file cannot be written.
            UsageError: The name ends otherwise, or there is a file that does not hold scores.
        """
        write_scores(self, path)

    def metric(self, path: str, system: str | int = 0) -> float | None:
        """Return a metric or count by its path, such as `spans.strict.micro.f1`; None if it is undefined.

        Args:
            path: Path of the metric.
            system: Name or position of the system.

        Raises:
            UsageError: The path or the system is unknown.
        """
        return self[system].metric(path)

    def interval(self, path: str, system: str | int = 0) -> MetricInterval:
        """Return the interval of a metric by the path of the metric; None if there is none, as for counts.

        Args:
            path: Path of the metric.
            system: Name or position of the system.

        Raises:
            UsageError: The path or the system is unknown.
        """
        return self[system].interval(path)

    def comparison_table(self, measure: str | None = None) -> ComparisonTable:
        """Return who beats whom by a tested metric: the differences between all systems and their significance.

        Args:
            measure: Path of the metric; by default the first one that was tested.

        Raises:
            UsageError: There is a single system, or the metric was not tested.
        """
        tested = list(dict.fromkeys(comparison.measure for comparison in self.comparisons))
        if not tested:
            raise UsageError("a table of comparisons needs two systems or more")
        measure = tested[0] if measure is None else measure
        if measure not in tested:
            raise UsageError(f"{measure} was not tested: {did_you_mean(measure, tested)}. Fix: name it in `tests`")
        return comparison_table(self.comparisons, self._by_system(measure), measure)

    def _by_system(self, path: str) -> list[tuple[str, Metric]]:
        """Return name and metric of each system, the mean if it has several runs."""
        groups = {run.name: group for group in self.runs for run in group.systems}
        found: dict[str, Metric] = {}
        for system in self.systems:
            group = groups.get(system.name)
            if group is None:
                found[system.name] = system.metric(path)
            else:
                found[group.name] = group.metric(path).mean
        return list(found.items())

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one row per system and metric or count, with Arrow-backed columns.

        The columns are:

        - `system`, and `path`, such as `spans.strict.micro.f1`;
        - the parts of the path: `group` (`spans`, `tokens` or `values`), `measure` (`strict`, …; only for spans),
          `average` (`micro`, `macro` or `weighted`; missing for metrics of a label), `label` (missing for averages),
          and `metric`;
        - `value`, missing if the metric is undefined, and `low` and `high`, the ends of its interval, missing if it has
          none.
        """
        return system_frame(self.systems)

    def slices_to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one row per system, slice and metric or count, with Arrow-backed columns.

        The columns are `system`, `by` (the field), `slice` (the group, `-` for documents without a value), and those of
        `to_pandas` from `path` on, where the path begins within the slice. Numbers of documents and spans are rows too,
        whose `group` is missing.

        Raises:
            UsageError: There are no slices.
        """
        return slice_frame(self.systems)

    def documents_to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one row per system, document and measure, with Arrow-backed columns.

        The columns are `system`, `document`, `measure`, `precision`, `recall`, `f1` (missing if undefined), `matched`,
        `partial`, `missed`, `spurious` and `support`.
        """
        return document_frame(self.systems)

    def to_markdown(self) -> str:
        """Return the tables of a paper in GitHub's Markdown.

        They are: the systems by their main metrics, strict F1 by label, F1 of spans with their values, strict F1 of the
        slices if there are any, the tests between systems, and who beats whom if there are more than two. Brackets hold
        95 % intervals; a system with several runs has mean ± standard deviation. Signatures follow the tables.
        """
        return markdown_tables(published_tables(self), score_signatures(self))

    def to_latex(self) -> str:
        """Return the tables of `to_markdown` in LaTeX, for the package booktabs, with the signatures as comments."""
        return latex_tables(published_tables(self), score_signatures(self))

    def to_csv(self, *, documents: bool = False) -> str:
        """Return tidy CSV with one row per system and metric or count, whose columns are those of `to_pandas`.

        Further columns hold what else there is, and are empty in other rows: `by` and `slice`, after `system`, if there
        are slices, with the columns of `slices_to_pandas`; and `deviation`, the last, if a system has several runs: it
        has rows of its own then, whose values are means over the runs.

        Args:
            documents: Add a row for each document and span metric too; the column `document` holds its id.
        """
        return "".join(csv_pieces(self, documents=documents))

    def to_model_index(
        self,
        *,
        model: str,
        dataset: str,
        dataset_name: str = "",
        split: str | None = None,
        revision: str | None = None,
        system: str | None = None,
        metrics: Sequence[str] = (),
    ) -> str:
        """Return the metadata of a model card on the Hugging Face hub with the scores of a system, as YAML.

        Each metric has its path as name, and its signature and interval as arguments; that of a system with several
        runs is the mean, with the deviation.

        Args:
            model: Name of the model.
            dataset: Id of the gold on the hub, such as `us/conflict-gold`.
            dataset_name: Its title; by default the id.
            split: Its split that was scored.
            revision: Its revision on the hub.
            system: Name of the system; not needed if there is one.
            metrics: Paths of the metrics; by default strict precision, recall and F1, F1 of the other span measures,
                and value F1 of the labels, as far as they are defined.

        Raises:
            DependencyError: huggingface_hub is not installed.
            UsageError: The system or a metric is unknown, or a metric that is named is undefined.
        """
        return model_index(
            self,
            model=model,
            dataset=dataset,
            dataset_name=dataset_name,
            split=split,
            revision=revision,
            system=system,
            metrics=metrics,
        )

    def __repr__(self) -> str:
        names = ", ".join(repr(system.name) for system in self.systems)
        return f"<{type(self).__name__} of {names} on {pluralize(self.gold.documents, 'document')}>"

    def __str__(self) -> str:
        header, rows = ["system"], []
        for system in self.systems:
            (main, (value, interval)), *others = main_metrics(system).items()
            header = ["system", main, "95 %", *(name for name, _ in others)]
            values = (format_metric(value) for _, (value, _) in others)
            rows.append((system.name, format_metric(value), str(interval or "-"), *values))
        return "\n".join([str(self.gold), text_table(header, rows), *note_count(self.notes)])

    def _repr_html_(self) -> str:
        header, rows = ["system"], []
        for system in self.systems:
            cells: dict[str, Figure] = {**main_metrics(system)}
            for label, metrics in system.values.items():
                cells[f"{label} value F1"] = (metrics.value_f1, system.intervals.values[label].value_f1)
            header = ["system", *cells]
            rows.append((system.name, *cells.values()))
        return html_block([html_table(str(self.gold), header, rows)], self.notes)
