"""The dataset's card: what the loader reads, and what a person should know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...schema import Scheme
from .columns import dataset_features

_ABOUT = {
    "spans": "documents with their spans and values",
    "tokens": "tokens with offsets and IOB2 tags; spans that no tags can express are listed in `unaligned`",
    "standoff": "the spans without the texts, which their hashes name",
}

_NOTES = (
    "Offsets are 0-based, half-open and count Unicode code points. `fold` parts the documents for cross-validation;",
    "near-duplicates share a split and a fold. A `value` is a struct with one struct for each label, null where",
    "nothing is known; dates are strings in EDTF.",
    "",
    "The texts belong to their publishers. Documents that were chosen for what is to be learned of them say so in",
    "their layer's `extra` (`chosen_by`): a corpus of such is no random sample.",
    "",
)


def card(counts: Mapping[tuple[str, str], int], spans: Counter[str], scheme: Scheme) -> str:
    """The card as Markdown with its YAML head.

    Args:
        counts: Documents by configuration and split.
        spans: By label.
        scheme: Of the dataset.
    """
    from huggingface_hub import DatasetCardData

    head = DatasetCardData(**_head(counts, scheme)).to_yaml()
    splits = {split: number for (name, split), number in sorted(counts.items()) if name == "spans"}
    lines = [
        f"# {scheme.title}",
        "",
        scheme.description,
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        'dataset = load_dataset("PATH")  # or load_dataset("PATH", "tokens"), "standoff"',
        "```",
        "",
        "| configuration | holds |",
        "|---|---|",
        *(f"| `{name}` | {about} |" for name, about in _ABOUT.items()),
        "",
        "| split | documents |",
        "|---|---|",
        *(f"| {split} | {number} |" for split, number in splits.items()),
        "",
        "| label | spans | marks |",
        "|---|---|---|",
        *(f"| {label.name} | {spans[label.name]} | {_cell(label.definition)} |" for label in scheme.labels.values()),
        "",
        *_NOTES,
        f"Scheme `{scheme.ref}`, fingerprint `{scheme.fingerprint}`, guidelines {scheme.guidelines or 'not named'}.",
        "",
    ]
    return f"---\n{head}\n---\n" + "\n".join(lines)


def _head(counts: Mapping[tuple[str, str], int], scheme: Scheme) -> dict[str, Any]:
    from datasets import DatasetInfo

    names = list(dict.fromkeys(name for name, _ in counts))
    return {
        "pretty_name": scheme.title,
        "language": ["en"],
        "task_categories": ["token-classification"],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if name == "spans" else {}),
                "data_files": [
                    {"split": split, "path": f"{name}/{split}.parquet"}
                    for kind, split in sorted(counts)
                    if kind == name
                ],
            }
            for name in names
        ],
        "dataset_info": [
            {"config_name": name}
            | DatasetInfo(features=dataset_features(name, scheme))._to_yaml_dict()
            | {
                "splits": [
                    {"name": split, "num_examples": number}
                    for (kind, split), number in sorted(counts.items())
                    if kind == name
                ]
            }
            for name in names
        ],
    }


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
