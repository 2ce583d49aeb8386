"""The dataset's card: a YAML header for the loader and a description for people, generated from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ....schema import NEUTRAL, pluralize
from ...spans.tokenisation import CHARACTERS, tokenizer_name
from .card_header import CARD, card_header
from .card_plot import FIGURE, draw_statistics
from .citation import bibtex_entry
from .markdown import escape_markdown, inline_code
from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics

_CONFIGURATIONS = {
    "spans": "complete records: documents with text, zones, spans and values",
    "tokens": "tokens with offsets and IOB2 tags; spans that tags cannot express are listed in `unaligned`",
    "windows": "tokens for training, in pieces that a model reads at once, without blank ones, with the zone of each",
    "passes": "the unedited layer of each annotator, who is named in the column `pass`, for research on agreement",
    "standoff": "spans without the texts, which are identified by their hashes",
    "entities": "the entities behind the identifiers, with links to external sources",
}
_MAX_ENTITIES = 15  # of each label
_CATALOGUES = {"actors": "actor registry", "places": "gazetteer"}


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
    (out / CARD).write_text(f"---\n{header}\n---\n{_description(statistics, release)}", encoding="utf-8")


def _description(statistics: DatasetStatistics, release: ReleaseMetadata) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {
        "code": inline_code,
        "counts": _format_counts,
        "markdown": escape_markdown,
        "number": "{:,}".format,
        "plural": pluralize,
        "score": lambda value: "-" if value is None else f"{value:.3f}",
    }
    source = resources.files(__package__).joinpath("card.md.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(_facts(statistics, release))


def _facts(statistics: DatasetStatistics, release: ReleaseMetadata) -> dict[str, Any]:
    """Return what the template of the card shows."""
    about, scheme, stats = release.about, statistics.scheme, statistics.stats
    splits = {name: statistics.splits(name) for name in statistics.configurations()}
    entities = list(statistics.entities.rows())
    passes = [(inline_code(name), layer) for name, layer in statistics.passes.items()]
    authorities = {authority for *_, authority in scheme.identifiers()}
    return {
        "about": about,
        "agreement": release.agreement,
        "authorities": authorities,
        "catalogues": [name for authority, name in _CATALOGUES.items() if authority in authorities],
        "citation": bibtex_entry(statistics, release),
        "configurations": _CONFIGURATIONS,
        "entities": list(_most_frequent(entities)),
        "entity_number": len(entities),
        "figure": FIGURE,
        "guidelines": ", ".join(sorted(statistics.gold.guidelines)) or scheme.guidelines,
        "languages": list(_languages(statistics)),
        "layers": [("gold", statistics.gold), *passes],
        "loading_code": _loading_code(statistics, release),
        "revision": release.revision(statistics.fingerprint),
        "scheme": scheme,
        "splits": splits,
        "statistics": statistics,
        "stats": stats,
        "texts_included": release.texts,
        "tokenizers": list(_tokenizers(statistics)) if "tokens" in splits else [],
        "reread": release.reread,
        "unmeasured": [name for name in about.expected_passes if name not in statistics.passes],
        "url_is_link": about.url.startswith("https://") and ">" not in about.url,
        "version": version("goldspan"),
        "windows": release.windows,
        "withdrawn": release.withdrawn,
        "zones": {kind: number for kind, number in stats.zones.items() if number},
    }


def _loading_code(statistics: DatasetStatistics, release: ReleaseMetadata) -> str:
    """Return the Python expression that loads the dataset at the revision it is published as."""
    repository = release.about.repository
    if not repository:
        return 'load_dataset("PATH")'
    return f'load_dataset("{repository}", revision="{release.revision(statistics.fingerprint)}")'


def _languages(statistics: DatasetStatistics) -> Iterator[str]:
    stated = statistics.stats.languages
    for tag, number in stated.items():
        yield f"{inline_code(tag)} ({number:,})"
    if stated and (unstated := _unstated(statistics)):
        yield f"not stated ({unstated:,})"


def _tokenizers(statistics: DatasetStatistics) -> Iterator[str]:
    tags = [*statistics.stats.languages, *([None] if _unstated(statistics) else [])]
    neutral = "no language in particular"
    in_words = {NEUTRAL: f"{neutral} (`xx`)", CHARACTERS: f"{neutral}, character by character"}
    for name in sorted({tokenizer_name(tag) for tag in tags}):
        yield in_words.get(name) or inline_code(name)


def _unstated(statistics: DatasetStatistics) -> int:
    """Return the number of documents that state no language."""
    return statistics.stats.documents - sum(statistics.stats.languages.values())


def _most_frequent(entities: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the first entities of each label."""
    shown: Counter[str] = Counter()
    for entity in entities:
        shown[entity["label"]] += 1
        if shown[entity["label"]] <= _MAX_ENTITIES:
            yield entity


def _format_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{escape_markdown(name)} ({number:,})" for name, number in sorted(counts.items()))
