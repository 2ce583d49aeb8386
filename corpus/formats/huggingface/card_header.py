"""The head of a dataset's card: what the hub and its loader read."""

from __future__ import annotations

from typing import Any

from ....schema import primary_language
from .features import dataset_features
from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics, LayerStatistics

CARD = "README.md"
"""The card's file."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_header(facts: DatasetStatistics, release: ReleaseMetadata) -> dict[str, Any]:
    """The head as plain data."""
    about, scheme = release.about, facts.scheme
    names = facts.configurations()
    documents = facts.stats.documents
    return {
        "pretty_name": " ".join((about.title or scheme.title).split()),
        **_languages(facts),
        **_licence(release),
        "task_categories": ["token-classification"],
        "annotations_creators": _creators([facts.gold, *facts.passes.values()]),
        "size_categories": [next((name for bound, name in _SIZES if documents < bound), "n>1M")],
        "tags": ["goldspan", scheme.name],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if name == names[0] else {}),
                "data_files": [
                    {"split": split, "path": [file.path for file in files] if len(files) > 1 else files[0].path}
                    for split, files in facts.splits(name).items()
                ],
            }
            for name in names
        ],
        "dataset_info": [_info(name, facts, texts=release.texts) for name in names],
    }


def _info(name: str, facts: DatasetStatistics, *, texts: bool) -> dict[str, Any]:
    from datasets import DatasetInfo

    features = dataset_features(name, facts.scheme, texts=texts)
    splits = [
        {
            "name": split,
            "num_bytes": sum(file.size for file in files),
            "num_examples": sum(file.rows for file in files),
        }
        for split, files in facts.splits(name).items()
    ]
    return {"config_name": name, **DatasetInfo(features=features)._to_yaml_dict(), "splits": splits}


def _languages(facts: DatasetStatistics) -> dict[str, Any]:
    """The languages that documents state, as the hub has them: ISO 639 codes; whole tags under a key beside."""
    tags = list(facts.stats.languages)
    codes = sorted({code for tag in tags if len(code := primary_language(tag)) > 1})
    return {
        **({"language": codes} if codes else {}),
        **({"language_bcp47": tags} if set(tags) - set(codes) else {}),
    }


def _licence(release: ReleaseMetadata) -> dict[str, Any]:
    """What the hub calls the licence: one only where it holds for all that the dataset has."""
    about = release.about
    if release.licence:
        return {"license": release.licence.lower()}
    if not about.licence:
        return {}
    return {"license": "other", "license_name": "see-the-card", "license_link": f"{CARD}#licence"}


def _creators(layers: list[LayerStatistics]) -> list[str]:
    kinds = {kind for layer in layers for kind in layer.kinds}
    if not kinds:
        return ["no-annotation"] if not any(layer.spans for layer in layers) else ["other"]
    machine = any("language model" in kind for kind in kinds)
    person = any("language model" not in kind for kind in kinds)
    return [*(["machine-generated"] if machine else []), *(["expert-generated"] if person else [])]
