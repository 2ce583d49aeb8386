"""Croissant metadata of a dataset: its files, and its columns down to the fields of values, for machines.

The format is Croissant 1.0 (MLCommons): JSON-LD on schema.org's vocabulary.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from .citation import citation
from .features import dataset_features
from .metadata import ReleaseMetadata
from .statistics import DataFile, DatasetStatistics

CROISSANT = "croissant.json"
"""The file of the metadata."""

_CONTEXT = {  # as Croissant 1.0 gives it; its language is that of the descriptions, not of the texts
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
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

_TYPES = {
    "string": "sc:Text",
    "int64": "cr:Int64",
    "int32": "cr:Int32",
    "float64": "cr:Float64",
    "bool": "sc:Boolean",
}


def croissant(out: Path, facts: DatasetStatistics, release: ReleaseMetadata) -> bytes:
    """The metadata of the files in a folder.

    Args:
        out: The dataset's folder, with all its data files.
        facts: What was counted.
        release: What the makers say.
    """
    about, scheme = release.about, facts.scheme
    title = about.title or scheme.title
    licence = release.licence and f"https://spdx.org/licenses/{release.licence}"
    day = facts.gold.created[:10]
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": title,
        "description": about.description.strip() or scheme.description.strip() or title,
        "version": about.version or f"0.0.0+{facts.fingerprint[:12]}",
        "citeAs": citation(facts, release),
        "license": licence or "see the card, README.md",
        "datePublished": day or None,
        "url": about.url or (f"https://huggingface.co/datasets/{about.repository}" if about.repository else None),
        "creator": [{"@type": "sc:Person", "name": name} for name in about.authors] or None,
        "inLanguage": _one_or_all(list(facts.stats.languages)),
        "keywords": ["goldspan", scheme.ref],
        "distribution": [_file(out, file) for file in facts.files],
        "recordSet": [_record_set(file, facts, texts=release.texts) for file in facts.files],
    }
    kept = {key: item for key, item in described.items() if item is not None}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n"


def _one_or_all(names: list[str]) -> str | list[str] | None:
    return names if len(names) > 1 else names[0] if names else None


def _file(out: Path, file: DataFile) -> dict[str, Any]:
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


def _record_set(file: DataFile, facts: DatasetStatistics, *, texts: bool) -> dict[str, Any]:
    name = file.path.removesuffix(".parquet")
    features = dataset_features(file.configuration, facts.scheme, texts=texts)
    key = {"key": {"@id": f"{name}/id"}} if file.configuration != "entities" else {}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{file.rows} rows of the configuration {file.configuration}, split {file.split}",
        **key,
        "field": [_field(name, file.path, column, kind, (column,)) for column, kind in features.items()],
    }


def _field(above: str, path: str, name: str, kind: Any, way: tuple[str, ...]) -> dict[str, Any]:
    """The description of a column, or of a part of one.

    Args:
        above: Identifier of what it is part of.
        path: Of the file.
        name: Its own.
        kind: Its feature.
        way: Names from the column down to it.
    """
    from datasets import List

    repeated = isinstance(kind, List)
    inner = kind.feature if repeated else kind
    place = f"{above}/{name}"
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": way[0]}}
    if len(way) > 1:
        source["transform"] = [{"jsonPath": step} for step in way[1:]]
    described: dict[str, Any] = {"@type": "cr:Field", "@id": place, "name": place, "source": source}
    if repeated:
        described["repeated"] = True
    if isinstance(inner, dict):
        described["subField"] = [_field(place, path, part, of, (*way, part)) for part, of in inner.items()]
        return described
    names = getattr(inner, "names", None)
    described["dataType"] = "cr:Int64" if names is not None else _TYPES.get(inner.dtype, "sc:Text")
    if names is not None:
        described["description"] = "; ".join(f"{number}: {label}" for number, label in enumerate(names))
    return described
