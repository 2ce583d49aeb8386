"""Hashes: of texts, of data, and for draws that come out the same anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical_json(data: Any) -> bytes:
    """Return JSON with sorted keys, no whitespace and minimal escaping, as hashed by fingerprints."""
    return _encode(data).encode()


def sha256_hex(text: str) -> str:
    """Return the SHA-256 (hex) of a string's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file's bytes. Raises OSError if it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def json_sha256(data: Any) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of data."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def headed_list_sha256(head: Any, items: Iterable[Any]) -> str:
    """Return `json_sha256([head, [*items]])`, with one of the items in memory at a time."""
    digest = hashlib.sha256(b"[" + canonical_json(head) + b",[")
    for number, item in enumerate(items):
        digest.update((b"," if number else b"") + canonical_json(item))
    digest.update(b"]]")
    return digest.hexdigest()


def draw_key(*parts: str) -> bytes:
    """Return 32 bytes that sort names as if shuffled.

    Args:
        parts: The purpose of the draw, so that draws for different purposes are independent, and the name drawn.
    """
    return hashlib.sha256("\0".join(parts).encode()).digest()
