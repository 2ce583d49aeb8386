"""Lists of ids that all tasks of a project share, as files that the editor loads once it shows a picker.

A list that is part of the labeling config delays every task: 2,774 actors take 3 s, which the editor spends on making a
control of each. From a file they take no time. The editor accepts addresses of the server itself only as absolute URLs,
or under `/projects/ID/resolve`, from where the path leads back; so lists work under whatever name people know the
server by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree as ET

import msgspec

from .....schema import Scheme
from .....schema.names.authorities import edition_of
from .known_entries import Offer, all_entries, entry_parts
from .picker_controls import ACTORS, DATES, sources

_HEADINGS = {ACTORS: "All known actors", "places": "Countries, regions, bases and other known places"}
_TABLE_HEADING = "All entries of the table"
_EARLIER = "New in this project"

ListFiles = Mapping[str, str]
"""Paths of the uploaded lists below `/data/`, by source."""


def list_sources(scheme: Scheme) -> dict[str, str]:
    """Return the sources of a scheme's pickers that have a list, each with its authority: all but dates."""
    return {source: authority for source, authority in sorted(sources(scheme).items()) if source != DATES}


def list_content(authority: str, earlier: Sequence[Offer]) -> bytes:
    """Return the file of a list: the project's own entries, then those of the registry, the gazetteer or the table.

    Args:
        authority: `actors`, `places`, or `table:` and the path of a table.
        earlier: Entries that annotators of the project have written; ids that are known otherwise are left out.
    """
    own = [offer for offer in earlier if entry_parts(authority, offer.id) is None]
    items = [*([_heading(_EARLIER)] if own else []), *map(_item, own)]
    items += [_heading(_HEADINGS.get(authority, _TABLE_HEADING)), *map(_item, all_entries(authority))]
    return msgspec.json.encode(items)


def list_name(source: str, content: bytes) -> str:
    """Return the file name of a list, which tells its source and its content."""
    return f"{_prefix(source)}{sha256(content).hexdigest()[:16]}.json"


def is_list_of(file: str, source: str) -> bool:
    """Check whether an uploaded file is a list of a source; the server puts a prefix before the name."""
    return _prefix(source) in file


def earlier_entries(authority: str, content: bytes) -> list[Offer]:
    """Return the project's own entries of a list; nothing if the file is not a list."""
    try:
        items = json.loads(content)
    except ValueError:
        return []
    offers = [
        Offer(item["alias"], item["value"])
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("alias"), str) and isinstance(item.get("value"), str)
    ]
    return [offer for offer in offers if entry_parts(authority, offer.id) is None]


def list_url(file: str, project: int, base_path: str = "") -> str:
    """Return the address of a list as the editor takes it.

    Args:
        file: Path of the file below `/data/`.
        project: The server's id of the project.
        base_path: Path at which the server is mounted on its host; empty for the root.
    """
    return f"/projects/{project}/resolve/../../..{base_path.rstrip('/')}/data/{file}"


def lists_in(config: str) -> dict[str, str]:
    """Return the lists that a labeling config names, as paths below `/data/` by the name of their control."""
    try:
        elements = ET.fromstring(config).iter("Taxonomy") if config else iter(())
        found = {element.get("name", ""): element.get("apiUrl", "") for element in elements}
    except ET.ParseError:
        return {}
    return {name: url.partition("/data/")[2] for name, url in found.items() if "/data/" in url}


def _prefix(source: str) -> str:
    return f"goldspan-{source}-"


def _heading(text: str) -> dict[str, Any]:
    # with children, although none, the editor does not ask the server for them
    return {"value": text, "isLeaf": False, "children": []}


def _item(offer: Offer) -> dict[str, str]:
    return {"value": offer.text, "alias": offer.id}


def listed_ids(scheme: Scheme) -> Mapping[str, frozenset[str]]:
    """Return the ids that are in every project's lists, by source."""
    return {source: _ids_of(authority, edition_of(authority)) for source, authority in list_sources(scheme).items()}


@lru_cache(maxsize=16)
def _ids_of(authority: str, _edition: str) -> frozenset[str]:
    return frozenset(offer.id for offer in all_entries(authority))
