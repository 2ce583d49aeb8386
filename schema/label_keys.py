"""Keys of labels: what stands for a label's name where a format or a language allows only letters, digits, - and _."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from .hashing import sha256_hex

KEY_FIX = "start with a letter and use only letters, digits, - and _"
"""How to write a valid key."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_STEM = 60
_SHORTEST_HASH = 8


def is_key(name: str) -> bool:
    """Check whether a name is a valid key, so that a label of that name needs no other."""
    return _KEY.fullmatch(name) is not None


def name_problem(name: str) -> tuple[str, str] | None:
    """Return what is wrong with a label's name, and how to fix it; None if it is valid.

    A name is any text on one line: `GEO/Political entity`, `名前`.
    """
    shown = ascii(name[:40])
    if not name or name.isspace():
        return "a label has an empty name", "give it a name"
    if any("\ud800" <= character <= "\udfff" for character in name):
        return f"the label name {shown} contains half of a surrogate pair", "write the whole character"
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return f"the label name {shown} contains a control character or a line break", "remove it"
    if name != name.strip():
        return f"the label name {shown} begins or ends with a blank", f"write {name.strip()!r}"
    return None


def derived_key(name: str) -> str:
    """Return the key of a label that states none: its name if that is a key, otherwise one made from it.

    Whatever a key cannot have becomes `_` in ASCII names; other names are hashed, in their normal form.
    """
    if is_key(name):
        return name
    stem = _OTHERS.sub("_", name).strip("_-") if name.isascii() else ""
    if not stem or len(stem) > _MAX_STEM:
        return _hashed(name, _SHORTEST_HASH)
    return stem if stem[0].isalpha() else f"L_{stem}"


def assign_keys(stated: Mapping[str, str]) -> dict[str, str]:
    """Return a key for each label: the stated one, or the derived one, with a hash where another label has it.

    Args:
        stated: By label, in the order of the scheme, the key that it states; empty if it states none. Labels that are
            added at the end leave those before them as they are.
    """
    keys = {name: key or name for name, key in stated.items() if key or is_key(name)}
    taken = {*stated, *keys.values()}
    for name in stated:
        if name not in keys:
            key, length = derived_key(name), _SHORTEST_HASH
            while key in taken:
                key, length = _hashed(name, length), length + 8
            keys[name] = key
            taken.add(key)
    return {name: keys[name] for name in stated}


def may_be_key(key: str, name: str) -> bool:
    """Check whether a key may be the derived one of a label, whatever other labels its scheme has."""
    if key == name:
        return True
    first = derived_key(name)
    return key == first != name or (not is_key(name) and key == _hashed(name, len(key.rpartition("_")[2])))


def _hashed(name: str, length: int) -> str:
    stem = _OTHERS.sub("_", name).strip("_-")[:_MAX_STEM].strip("_-") if name.isascii() else ""
    stem = stem if stem[:1].isalpha() else f"L_{stem}".rstrip("_")
    return f"{stem}_{sha256_hex(unicodedata.normalize('NFC', name))[:length]}"
