"""Machine-readable Croissant metadata of a dataset: its files, and its columns down to the fields of values.

The format is Croissant 1.1 (MLCommons), JSON-LD with the vocabulary of schema.org, with its extension for responsible
AI, of which those fields are filled that facts can fill.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from .citation import bibtex_entry
from .features import dataset_features
from .metadata import ReleaseMetadata
from .responsible_ai import responsible_ai
from .statistics import DataFile, DatasetStatistics

CROISSANT = "croissant.json"
"""File name of the metadata."""

_CONTEXT = {  # as in Croissant 1.1; its language is that of the descriptions, not of the texts
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_WITHOUT_KEY = ("entities", "windows")  # several rows have the same id

_TYPES = {
    "string": "sc:Text",
    "int64": "cr:Int64",
    "int32": "cr:Int32",
    "float64": "cr:Float64",
    "bool": "sc:Boolean",
}


def croissant_metadata(out: Path, statistics: DatasetStatistics, release: ReleaseMetadata) -> bytes:
    """Return the metadata of a dataset as JSON.

    Args:
        out: The dataset's folder, with all its data files.
        statistics: Statistics of the dataset.
        release: Metadata of the dataset.
    """
    about, scheme = release.about, statistics.scheme
    title = about.title or scheme.title
    licence = release.licence and f"https://spdx.org/licenses/{release.licence}"
    day = statistics.gold.created[:10]
    metadata = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": title,
        "description": about.description.strip() or scheme.description.strip() or title,
        "version": about.version or f"0.0.0+{statistics.fingerprint[:12]}",
        "citeAs": bibtex_entry(statistics, release),
        "license": licence or "see the card, README.md",
        "datePublished": day or None,
        "url": about.url or (f"https://huggingface.co/datasets/{about.repository}" if about.repository else None),
        "creator": [{"@type": "sc:Person", "name": name} for name in about.authors] or None,
        "inLanguage": _single_or_list(list(statistics.stats.languages)),
        "keywords": ["goldspan", scheme.ref],
        **responsible_ai(statistics, release),
        "distribution": [_file_object(out, file) for file in statistics.files],
        "recordSet": [_record_set(file, statistics, texts=release.texts) for file in statistics.files],
    }
    present = {key: item for key, item in metadata.items() if item is not None}
    return json.dumps(present, ensure_ascii=False, indent=1).encode() + b"\n"


def _single_or_list(names: list[str]) -> str | list[str] | None:
    return names if len(names) > 1 else names[0] if names else None


def _file_object(out: Path, file: DataFile) -> dict[str, Any]:
    with (out / file.path).open("rb") as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{(out / file.path).stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": digest.hexdigest(),
    }


def _record_set(file: DataFile, statistics: DatasetStatistics, *, texts: bool) -> dict[str, Any]:
    name = file.path.removesuffix(".parquet")
    features = dataset_features(file.configuration, statistics.scheme, texts=texts)
    key = {"key": {"@id": f"{name}/id"}} if file.configuration not in _WITHOUT_KEY else {}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{file.rows} rows of the configuration {file.configuration}, split {file.split}",
        **key,
        "field": [_field(name, file.path, column, feature, (column,)) for column, feature in features.items()],
    }


def _field(parent: str, file: str, name: str, feature: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """Describe a column, or a part of one.

    Args:
        parent: Identifier of the record set or field that contains it.
        file: Path of the file.
        name: Name of the column or part.
        feature: Its feature.
        keys: Names from the column down to the part.
    """
    from datasets import List

    repeated = isinstance(feature, List)
    inner = feature.feature if repeated else feature
    identifier = f"{parent}/{name}"
    source: dict[str, Any] = {"fileObject": {"@id": file}, "extract": {"column": keys[0]}}
    if len(keys) > 1:
        source["transform"] = [{"jsonPath": key} for key in keys[1:]]
    field: dict[str, Any] = {"@type": "cr:Field", "@id": identifier, "name": identifier, "source": source}
    if repeated:
        field["repeated"] = True
    if isinstance(inner, dict):
        field["subField"] = [_field(identifier, file, key, part, (*keys, key)) for key, part in inner.items()]
        return field
    names = getattr(inner, "names", None)
    field["dataType"] = "cr:Int64" if names is not None else _TYPES.get(inner.dtype, "sc:Text")
    if names is not None:
        field["description"] = "; ".join(f"{number}: {label}" for number, label in enumerate(names))
    return field
