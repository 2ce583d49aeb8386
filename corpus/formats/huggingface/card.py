"""The dataset's card: what the loader reads, and what a person should know, all of it from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import NEUTRAL, Scheme, pluralize
from ...spans.tokenisation import tokenizer_language
from .card_header import CARD, card_header
from .card_plot import STATISTICS, draw_statistics
from .citation import citation
from .markdown import code, plain, table
from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics

_ABOUT = {
    "spans": "documents with text, zones, spans and values: all that a record holds",
    "tokens": "tokens with offsets and IOB2 tags; spans that no tags can express are listed in `unaligned`",
    "passes": "the layer of each annotator as it was made, named by the column `pass`, for research on agreement",
    "standoff": "the spans without the texts, which their hashes name",
    "entities": "who and what the identifiers stand for, with links to outside sources",
}
_SHOWN = 15  # entities of each label in the card


def write_card(out: Path, facts: DatasetStatistics, release: ReleaseMetadata) -> None:
    """Writes the card and its picture.

    Args:
        out: The dataset's folder.
        facts: What was counted.
        release: What the makers say.
    """
    from huggingface_hub import DatasetCardData

    draw_statistics(out / STATISTICS, facts.stats, facts.scheme)
    head = DatasetCardData(**card_header(facts, release)).to_yaml()
    (out / CARD).write_text(f"---\n{head}\n---\n" + "\n".join(_body(facts, release)), encoding="utf-8")


def loading_line(facts: DatasetStatistics, release: ReleaseMetadata, configuration: str = "") -> str:
    """The line of Python that loads the dataset, at the revision that this version is published as."""
    about = release.about
    arguments = [f'"{about.repository or "PATH"}"', *([f'"{configuration}"'] if configuration else [])]
    if about.repository:
        arguments.append(f'revision="{release.revision(facts.fingerprint)}"')
    return f"load_dataset({', '.join(arguments)})"


def _body(facts: DatasetStatistics, release: ReleaseMetadata) -> Iterator[str]:
    about, scheme = release.about, facts.scheme
    yield from (
        f"# {plain(about.title or scheme.title)}",
        "",
        about.description.strip() or plain(scheme.description),
        "",
    )
    if about.url:
        yield from (
            f"<{about.url}>" if about.url.startswith("https://") and ">" not in about.url else plain(about.url),
            "",
        )
    names = facts.configurations()
    yield from ("## Load it", "", "```python", "from datasets import load_dataset", "")
    yield from (f"dataset = {loading_line(facts, release)}", "```", "")
    others = ", ".join(f"`{name}`" for name in names[1:])
    if others:
        yield from (f"Other configurations, to be named as the second argument: {others}.", "")
    yield from table(
        ("configuration", "split", "rows", "holds"),
        [
            (f"`{name}`", split, sum(file.rows for file in files), _ABOUT[name])
            for name in names
            for split, files in facts.splits(name).items()
        ],
    )
    yield from _NOTES
    if facts.stats.text_free:
        yield from ("Documents were parted without their texts: near-duplicates may stand on several sides.", "")
    else:
        yield from ("Near-duplicates share a split and a fold.", "")
    yield from ("## What is in it", "", f"![spans by label and by document]({STATISTICS})", "")
    yield from _statistics(facts)
    yield from _language(facts, tokens="tokens" in names)
    yield from ("## How it was made", "")
    yield from _made(facts, release)
    yield from ("## Agreement", "")
    yield from _agreement(release.agreement, scheme)
    yield from _said("## Limits", about.limits)
    yield from _said("## Bias", about.bias)
    yield from ("## Licence", "")
    yield from _rights(release)
    yield from ("## Identifiers", "")
    yield from _identifiers(facts)
    yield from ("## Citation", "", "```bibtex", citation(facts, release), "```", "")
    yield from ("## Versions", "")
    yield from table(("what", "which"), _versions(facts, release))


_NOTES = (
    "Offsets are 0-based, half-open and count Unicode code points, so that `text[start:end]` is the span. A `value` is",
    "a struct with one struct for each label, null where nothing is known; dates are strings in EDTF (ISO 8601-2).",
    "`fold` parts the documents for cross-validation. `SHA256SUMS` has the hash of every file",
    "(`sha256sum --check SHA256SUMS`), `croissant.json` describes them for machines.",
    "",
)


def _said(title: str, text: str) -> list[str]:
    return [title, "", text.strip(), ""] if text.strip() else []


def _statistics(facts: DatasetStatistics) -> Iterator[str]:
    stats, scheme = facts.stats, facts.scheme
    days = f", published from {stats.published[0]} to {stats.published[1]}" if stats.published else ""
    words = f", {pluralize(stats.words, 'word')}" if stats.words else ""
    undated = f" ({stats.undated} without a day of publication)" if stats.undated and days else ""
    yield from (
        f"{pluralize(stats.documents, 'document')}{words}, {pluralize(stats.spans, 'span')}{days}{undated}.",
        "",
    )
    yield from table(
        ("label", "spans", "with a value", "documents", "marks"),
        [
            (
                code(name),
                f"{of.spans:,}",
                f"{of.with_value:,}",
                f"{of.documents:,}",
                plain(scheme.labels[name].definition),
            )
            for name, of in stats.labels.items()
        ],
    )
    zones = ", ".join(f"{code(kind)} {number:,}" for kind, number in stats.zones.items() if number)
    if zones:
        yield from (f"Zones, which are neither annotated nor scored: {zones}.", "")


def _language(facts: DatasetStatistics, *, tokens: bool) -> Iterator[str]:
    stated = facts.stats.languages
    unstated = facts.stats.documents - sum(stated.values())
    listed = [f"{code(tag)} ({number:,})" for tag, number in stated.items()]
    told = ", ".join([*listed, *([f"not stated ({unstated:,})"] if unstated and stated else [])]) or "not stated"
    yield f"Language of the texts, with documents: {told}."
    used = sorted({tokenizer_language(tag) for tag in [*stated, *([None] if unstated else [])]})
    if tokens:
        rules = ", ".join("no language in particular (`xx`)" if name == NEUTRAL else code(name) for name in used)
        yield f"Tokens are cut by spaCy's rules for {rules}."
    yield ""


def _made(facts: DatasetStatistics, release: ReleaseMetadata) -> Iterator[str]:
    if release.about.made.strip():
        yield from (release.about.made.strip(), "")
    rows = [("the gold", facts.gold), *((code(name), layer) for name, layer in facts.passes.items())]
    yield from table(
        ("layer", "made by", "documents", "spans", "guidelines", "on"),
        [
            (
                name,
                ", ".join(plain(kind) for kind in layer.kinds) or "not stated",
                f"{layer.documents:,}",
                f"{layer.spans:,}",
                ", ".join(plain(version) for version in sorted(layer.guidelines)) or "not stated",
                layer.created[:10] or "not stated",
            )
            for name, layer in rows
        ],
    )
    if facts.agreed:
        had = ", ".join(f"{number:,} by {passes}" for passes, number in sorted(facts.agreed.items()))
        yield from (f"Spans of the gold by how many passes had them: {had}.", "")
    if facts.decided:
        yield from (f"Spans that were decided in adjudication, by whom: {_listed(facts.decided)}.", "")
    if facts.chosen:
        yield f"Documents that were chosen for what is to be learned of them: {_listed(facts.chosen)}."
        yield from ("A corpus of such is no random sample.", "")


def _agreement(agreement: Mapping[str, Any] | None, scheme: Scheme) -> Iterator[str]:
    if agreement is None:
        yield from ("Not measured: no two passes over the same documents came with the gold.", "")
        return
    labels = list(scheme.labels)
    yield from table(
        ("F1 of", "documents", "strict", "partial", *(code(label) for label in labels)),
        [
            (
                f"{code(pair['a'])} and {code(pair['b'])}",
                f"{pair['documents']:,}",
                _figure(pair["strict_f1"]),
                _figure(pair["partial_f1"]),
                *(_figure(pair["labels"].get(label)) for label in labels),
            )
            for pair in agreement["pairwise"]
        ],
    )
    values = ", ".join(
        f"{code(label)} {_figure(of['value_accuracy'])} of {of['support']}" for label, of in agreement["values"].items()
    )
    alpha, tokens, kappa = (_figure(agreement[name]) for name in ("alpha_u", "token_alpha", "token_kappa"))
    read = pluralize(agreement["documents"], "document")
    yield f"Over {read}: Krippendorff's alpha for unitising {alpha}, over tokens {tokens}, Cohen's kappa over"
    yield f"tokens {kappa}; values of matched spans agree: {values or '-'};"
    yield from (f"{pluralize(len(agreement['disagreements']), 'disagreement')}.", "")
    for note in agreement["notes"]:
        yield from (f"Note: {plain(note)}", "")


def _rights(release: ReleaseMetadata) -> Iterator[str]:
    about = release.about
    yield from (f"Annotations: {plain(about.licence) or 'not stated; ask the authors'}.", "")
    if not release.texts:
        yield from ("The texts are not part of this dataset; their hashes say which they are.", "")
        return
    if about.texts_licence:
        yield from (f"Texts: {plain(about.texts_licence)}.", "")
    else:
        yield from ("**The texts belong to their publishers** and are not licensed by this dataset.", "")
    if about.texts.strip():
        yield from (about.texts.strip(), "")


def _identifiers(facts: DatasetStatistics) -> Iterator[str]:
    rows = list(facts.entities.rows())
    if not rows:
        yield from ("None.", "")
        return
    shown: Counter[str] = Counter()
    lines = []
    for row in rows:
        shown[row["label"]] += 1
        if shown[row["label"]] <= _SHOWN:
            links = " ".join(f"<{link}>" for link in row["same_as"])
            lines.append((code(row["label"]), code(row["id"]), plain(row["name"] or ""), f"{row['mentions']:,}", links))
    known = {authority for *_, authority in facts.scheme.identifiers()}
    sources = [
        name for authority, name in (("actors", "actor registry"), ("places", "gazetteer")) if authority in known
    ]
    geonames = ", `geonames:` leads to [GeoNames](https://www.geonames.org)" if "places" in known else ""
    others = f", other ids are of goldspan's {' and '.join(sources)}" if sources else ""
    yield f"Countries are ISO 3166-1 alpha-3{geonames}{others}."
    yield from (f"The configuration `entities` has all {len(rows):,}; those with most mentions:", "")
    yield from table(("label", "id", "name", "mentions", "the same elsewhere"), lines)


def _versions(facts: DatasetStatistics, release: ReleaseMetadata) -> Iterator[tuple[str, str]]:
    from importlib.metadata import version

    scheme = facts.scheme
    yield (
        "dataset",
        f"{plain(release.about.version) or '-'}, revision {code(release.revision(facts.fingerprint))}",
    )
    yield "gold, fingerprint of the layer", f"`{facts.fingerprint}`"
    yield "scheme", f"{code(scheme.ref)}, fingerprint `{scheme.fingerprint}`"
    yield "guidelines", plain(", ".join(sorted(facts.gold.guidelines)) or scheme.guidelines) or "not named"
    yield "goldspan", version("goldspan")


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{plain(name)} ({number:,})" for name, number in sorted(counts.items()))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
