"""The dataset's card: a YAML header for the loader and a description for people, generated from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import NEUTRAL, Scheme, pluralize
from ...spans.tokenisation import tokenizer_language
from .card_header import CARD, card_header
from .card_plot import FIGURE, draw_statistics
from .citation import bibtex_entry
from .markdown import escape_markdown, inline_code, markdown_table
from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics

_CONFIGURATIONS = {
    "spans": "complete records: documents with text, zones, spans and values",
    "tokens": "tokens with offsets and IOB2 tags; spans that tags cannot express are listed in `unaligned`",
    "passes": "the unedited layer of each annotator, who is named in the column `pass`, for research on agreement",
    "standoff": "spans without the texts, which are identified by their hashes",
    "entities": "the entities behind the identifiers, with links to external sources",
}
_MAX_ENTITIES = 15  # of each label


def write_card(out: Path, statistics: DatasetStatistics, release: ReleaseMetadata) -> None:
    """Write the card and its figure.

    Args:
        out: The dataset's folder.
        statistics: Statistics of the dataset.
        release: Metadata of the dataset.
    """
    from huggingface_hub import DatasetCardData

    draw_statistics(out / FIGURE, statistics.stats, statistics.scheme)
    header = DatasetCardData(**card_header(statistics, release)).to_yaml()
    (out / CARD).write_text(f"---\n{header}\n---\n" + "\n".join(_body(statistics, release)), encoding="utf-8")


def _loading_code(statistics: DatasetStatistics, release: ReleaseMetadata) -> str:
    """Return the Python expression that loads the dataset at the revision it is published as."""
    repository = release.about.repository
    if not repository:
        return 'load_dataset("PATH")'
    return f'load_dataset("{repository}", revision="{release.revision(statistics.fingerprint)}")'


def _body(statistics: DatasetStatistics, release: ReleaseMetadata) -> Iterator[str]:
    about, scheme = release.about, statistics.scheme
    yield from (
        f"# {escape_markdown(about.title or scheme.title)}",
        "",
        about.description.strip() or escape_markdown(scheme.description),
        "",
    )
    if about.url:
        is_link = about.url.startswith("https://") and ">" not in about.url
        yield from (f"<{about.url}>" if is_link else escape_markdown(about.url), "")
    names = statistics.configurations()
    yield from ("## Load it", "", "```python", "from datasets import load_dataset", "")
    yield from (f"dataset = {_loading_code(statistics, release)}", "```", "")
    others = ", ".join(f"`{name}`" for name in names[1:])
    if others:
        yield from (f"To load another configuration, pass its name as the second argument: {others}.", "")
    yield from markdown_table(
        ("configuration", "split", "rows", "contents"),
        [
            (f"`{name}`", split, sum(file.rows for file in files), _CONFIGURATIONS[name])
            for name in names
            for split, files in statistics.splits(name).items()
        ],
    )
    yield from _NOTES
    if statistics.stats.text_free:
        yield from ("Documents were split without their texts, so near-duplicates may be in different splits.", "")
    else:
        yield from ("Near-duplicates share a split and a fold.", "")
    yield from ("## Contents", "", f"![spans by label and by document]({FIGURE})", "")
    yield from _contents(statistics)
    yield from _language(statistics, tokens="tokens" in names)
    yield from ("## How it was made", "")
    yield from _origin(statistics, release)
    yield from ("## Agreement", "")
    yield from _agreement(release.agreement, scheme)
    yield from _section("## Limits", about.limits)
    yield from _section("## Bias", about.bias)
    yield from ("## Licence", "")
    yield from _licence(release)
    yield from ("## Identifiers", "")
    yield from _identifiers(statistics)
    yield from ("## Citation", "", "```bibtex", bibtex_entry(statistics, release), "```", "")
    yield from ("## Versions", "")
    yield from markdown_table(("item", "version"), _versions(statistics, release))


_NOTES = (
    "Offsets are 0-based, half-open and count Unicode code points, so that `text[start:end]` is the span. A `value` is",
    "a struct with one struct for each label, null where unknown; dates are EDTF strings (ISO 8601-2). `fold` is the",
    "document's fold for cross-validation. `SHA256SUMS` lists the hash of every file (`sha256sum --check SHA256SUMS`);",
    "`croissant.json` describes the files in machine-readable form.",
    "",
)


def _section(title: str, text: str) -> list[str]:
    return [title, "", text.strip(), ""] if text.strip() else []


def _contents(statistics: DatasetStatistics) -> Iterator[str]:
    stats, scheme = statistics.stats, statistics.scheme
    days = f", published from {stats.published[0]} to {stats.published[1]}" if stats.published else ""
    words = f", {pluralize(stats.words, 'word')}" if stats.words else ""
    undated = f" ({stats.undated} without a publication date)" if stats.undated and days else ""
    yield from (
        f"{pluralize(stats.documents, 'document')}{words}, {pluralize(stats.spans, 'span')}{days}{undated}.",
        "",
    )
    yield from markdown_table(
        ("label", "spans", "with a value", "documents", "definition"),
        [
            (
                inline_code(name),
                f"{counts.spans:,}",
                f"{counts.with_value:,}",
                f"{counts.documents:,}",
                escape_markdown(scheme.labels[name].definition),
            )
            for name, counts in stats.labels.items()
        ],
    )
    zones = ", ".join(f"{inline_code(kind)} {number:,}" for kind, number in stats.zones.items() if number)
    if zones:
        yield from (f"Zones, which are neither annotated nor scored: {zones}.", "")


def _language(statistics: DatasetStatistics, *, tokens: bool) -> Iterator[str]:
    stated = statistics.stats.languages
    unstated = statistics.stats.documents - sum(stated.values())
    listed = [f"{inline_code(tag)} ({number:,})" for tag, number in stated.items()]
    if unstated and stated:
        listed.append(f"not stated ({unstated:,})")
    yield f"Language of the texts, with documents: {', '.join(listed) or 'not stated'}."
    if tokens:
        used = sorted({tokenizer_language(tag) for tag in [*stated, *([None] if unstated else [])]})
        rules = ", ".join("no language in particular (`xx`)" if name == NEUTRAL else inline_code(name) for name in used)
        yield f"Tokens follow spaCy's rules for {rules}."
    yield ""


def _origin(statistics: DatasetStatistics, release: ReleaseMetadata) -> Iterator[str]:
    if release.about.made.strip():
        yield from (release.about.made.strip(), "")
    rows = [("gold", statistics.gold), *((inline_code(name), layer) for name, layer in statistics.passes.items())]
    yield from markdown_table(
        ("layer", "annotator", "documents", "spans", "guidelines", "date"),
        [
            (
                name,
                ", ".join(escape_markdown(kind) for kind in layer.kinds) or "not stated",
                f"{layer.documents:,}",
                f"{layer.spans:,}",
                ", ".join(escape_markdown(version) for version in sorted(layer.guidelines)) or "not stated",
                layer.created[:10] or "not stated",
            )
            for name, layer in rows
        ],
    )
    if statistics.agreed:
        by_passes = ", ".join(f"{number:,} by {passes}" for passes, number in sorted(statistics.agreed.items()))
        yield from (f"Gold spans by the number of passes that had them: {by_passes}.", "")
    if statistics.decided:
        yield from (f"Spans decided in adjudication, by who decided: {_format_counts(statistics.decided)}.", "")
    if statistics.selected:
        criteria = _format_counts(statistics.selected)
        yield f"Documents selected because they were expected to be informative, by criterion: {criteria}."
        yield from ("Such a selection is not a random sample.", "")


def _agreement(agreement: Mapping[str, Any] | None, scheme: Scheme) -> Iterator[str]:
    if agreement is None:
        yield from ("Not measured: no two passes over the same documents came with the gold.", "")
        return
    labels = list(scheme.labels)
    yield from markdown_table(
        ("F1 of", "documents", "strict", "partial", *(inline_code(label) for label in labels)),
        [
            (
                f"{inline_code(pair['a'])} and {inline_code(pair['b'])}",
                f"{pair['documents']:,}",
                _format_score(pair["strict_f1"]),
                _format_score(pair["partial_f1"]),
                *(_format_score(pair["labels"].get(label)) for label in labels),
            )
            for pair in agreement["pairwise"]
        ],
    )
    values = ", ".join(
        f"{inline_code(label)} {_format_score(value['value_accuracy'])} of {value['support']}"
        for label, value in agreement["values"].items()
    )
    alpha, tokens, kappa = (_format_score(agreement[name]) for name in ("alpha_u", "token_alpha", "token_kappa"))
    documents = pluralize(agreement["documents"], "document")
    yield f"Over {documents}: Krippendorff's alpha for unitising {alpha}, over tokens {tokens}; Cohen's kappa over"
    yield f"tokens {kappa}; share of matched spans with equal values: {values or '-'};"
    yield from (f"{pluralize(len(agreement['disagreements']), 'disagreement')}.", "")
    for note in agreement["notes"]:
        yield from (f"Note: {escape_markdown(note)}", "")


def _licence(release: ReleaseMetadata) -> Iterator[str]:
    about = release.about
    yield from (f"Annotations: {escape_markdown(about.licence) or 'not stated; ask the authors'}.", "")
    if not release.texts:
        yield from ("The texts are not part of this dataset; they are identified by their hashes.", "")
        return
    if about.texts_licence:
        yield from (f"Texts: {escape_markdown(about.texts_licence)}.", "")
    else:
        yield from ("**The texts belong to their publishers** and are not licensed by this dataset.", "")
    if about.texts.strip():
        yield from (about.texts.strip(), "")


def _identifiers(statistics: DatasetStatistics) -> Iterator[str]:
    rows = list(statistics.entities.rows())
    if not rows:
        yield from ("None.", "")
        return
    shown: Counter[str] = Counter()
    cells = []
    for row in rows:
        shown[row["label"]] += 1
        if shown[row["label"]] <= _MAX_ENTITIES:
            name, links = escape_markdown(row["name"] or ""), " ".join(f"<{link}>" for link in row["same_as"])
            cells.append((inline_code(row["label"]), inline_code(row["id"]), name, f"{row['mentions']:,}", links))
    authorities = {authority for *_, authority in statistics.scheme.identifiers()}
    catalogues = (("actors", "actor registry"), ("places", "gazetteer"))
    sources = [name for authority, name in catalogues if authority in authorities]
    geonames = ", `geonames:` ids are those of [GeoNames](https://www.geonames.org)" if "places" in authorities else ""
    others = f", other ids are those of goldspan's {' and '.join(sources)}" if sources else ""
    yield f"Countries have ISO 3166-1 alpha-3 codes{geonames}{others}."
    yield from (f"The configuration `entities` lists all {len(rows):,}; the most frequent are:", "")
    yield from markdown_table(("label", "id", "name", "mentions", "external links"), cells)


def _versions(statistics: DatasetStatistics, release: ReleaseMetadata) -> Iterator[tuple[str, str]]:
    from importlib.metadata import version

    scheme = statistics.scheme
    guidelines = ", ".join(sorted(statistics.gold.guidelines)) or scheme.guidelines
    revision = inline_code(release.revision(statistics.fingerprint))
    yield "dataset", f"{escape_markdown(release.about.version) or '-'}, revision {revision}"
    yield "gold layer, fingerprint", f"`{statistics.fingerprint}`"
    yield "scheme", f"{inline_code(scheme.ref)}, fingerprint `{scheme.fingerprint}`"
    yield "guidelines", escape_markdown(guidelines) or "not named"
    yield "goldspan", version("goldspan")


def _format_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{escape_markdown(name)} ({number:,})" for name, number in sorted(counts.items()))


def _format_score(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
