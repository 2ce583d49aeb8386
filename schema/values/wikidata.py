"""Items of Wikidata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from .value_type import Key, ValueType

_ITEM = "[Qq][1-9][0-9]{0,17}"
_ADDRESS = r"https?://((www|m)\.)?wikidata\.org/(wiki/(Special:EntityPage/)?|entity/)"
_STATED = re.compile(rf"(?:{_ADDRESS}|wd:)?(?P<item>{_ITEM})(?:[?#]\S*)?", re.ASCII)

PAGE = "https://www.wikidata.org/wiki/"
"""Address of an item's page, to which its id is added."""


@dataclass(frozen=True, slots=True)
class WikidataItem(ValueType):
    """An item of Wikidata by its id, such as `Q42`; addresses of items are read, and become the id."""

    name: ClassVar[str] = "wikidata"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is the id of an item, or its address."""
        pattern = {"pattern": rf"^({_ADDRESS}|wd:)?{_ITEM}([?#]\S*)?$"}
        return (Key(field, str, Annotated[str, Meta(extra_json_schema=pattern)] | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """An item."""
        return ('"Q42"',)

    def error(self, *parts: Any) -> str | None:
        """Reject what does not name an item."""
        stated = parts[0]
        if stated is None or _STATED.fullmatch(stated):
            return None
        return f"{stated[:200]!r} is not an item of Wikidata"

    def fix(self, *parts: Any) -> str:
        """Return how items are written."""
        return "write the id of an item, such as Q42, or the address of its page"

    def normalised(self, *parts: Any) -> tuple[Any, ...]:
        """Return the id."""
        match = None if parts[0] is None else _STATED.fullmatch(parts[0])
        return (match["item"].upper() if match else parts[0],)

    @property
    def description(self) -> str:
        """An item."""
        return "an item of Wikidata"

    @property
    def instruction(self) -> str:
        """How items are written."""
        return "the id of an item of Wikidata, such as Q42"

    def hint(self, key: Key) -> str:
        """Return an example."""
        return "as Q42, or the address of its page in Wikidata"

    def link(self, *parts: Any) -> str:
        """Return the address of the item's page."""
        return f"{PAGE}{parts[0]}" if parts[0] is not None else ""
