"""The YAML header of a dataset's card, which the hub and its loader read."""

from __future__ import annotations

from typing import Any

from ....schema import primary_language
from .features import dataset_features
from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics, LayerStatistics

CARD = "README.md"
"""File name of the card."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card_header(statistics: DatasetStatistics, release: ReleaseMetadata) -> dict[str, Any]:
    """Return the header as plain data."""
    about, scheme = release.about, statistics.scheme
    names = statistics.configurations()
    documents = statistics.stats.documents
    return {
        "pretty_name": " ".join((about.title or scheme.title).split()),
        **_languages(statistics),
        **_licence(release),
        "task_categories": ["token-classification"],
        "annotations_creators": _creators([statistics.gold, *statistics.passes.values()]),
        "size_categories": [next((name for bound, name in _SIZES if documents < bound), "n>1M")],
        "tags": ["goldspan", scheme.name],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if name == names[0] else {}),
                "data_files": [
                    {"split": split, "path": [file.path for file in files] if len(files) > 1 else files[0].path}
                    for split, files in statistics.splits(name).items()
                ],
            }
            for name in names
        ],
        "dataset_info": [_dataset_info(name, statistics, texts=release.texts) for name in names],
    }


def _dataset_info(name: str, statistics: DatasetStatistics, *, texts: bool) -> dict[str, Any]:
    from datasets import DatasetInfo

    features = dataset_features(name, statistics.scheme, texts=texts)
    splits = [
        {
            "name": split,
            "num_bytes": sum(file.size for file in files),
            "num_examples": sum(file.rows for file in files),
        }
        for split, files in statistics.splits(name).items()
    ]
    return {"config_name": name, **DatasetInfo(features=features)._to_yaml_dict(), "splits": splits}


def _languages(statistics: DatasetStatistics) -> dict[str, Any]:
    """Return the languages that documents state as ISO 639 codes, and as full tags if those say more."""
    tags = list(statistics.stats.languages)
    codes = sorted({code for tag in tags if len(code := primary_language(tag)) > 1})
    return {
        **({"language": codes} if codes else {}),
        **({"language_bcp47": tags} if set(tags) - set(codes) else {}),
    }


def _licence(release: ReleaseMetadata) -> dict[str, Any]:
    """Return the licence for the hub, which is `other` unless a single one covers the whole dataset."""
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
