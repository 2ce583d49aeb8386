"""Fields of a label's value: a name, a value type, and the parts of a value that are the field's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .value_type import Key, ValueType

if TYPE_CHECKING:
    from ..document import Value


class PickleWithoutCache:
    """A mixin that omits cached properties from pickles: they hold classes and closures created at run time."""

    def __getstate__(self) -> dict[str, Any]:
        cached = {
            name for cls in type(self).__mro__ for name, item in vars(cls).items() if isinstance(item, cached_property)
        }
        return {name: item for name, item in vars(self).items() if name not in cached}


@dataclass(frozen=True)
class Field(PickleWithoutCache):
    """A field of a label's value."""

    name: str
    type: ValueType
    definition: str = ""

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The JSON keys of the field."""
        return self.type.keys(self.name)

    @property
    def examples(self) -> tuple[tuple[Key, str], ...]:
        """Each key with a valid part as JSON, for messages."""
        return tuple(zip(self.keys, self.type.examples, strict=True))

    def knows(self, value: Value) -> bool:
        """Check whether a value has anything but defaults in the field."""
        return any(part != key.default for part, key in zip(self.parts(value), self.keys, strict=True))

    @cached_property
    def parts(self) -> Callable[[Value], tuple[Any, ...]]:
        """A function that returns the field's parts of a value, in the order of `keys`."""
        names = [key.name for key in self.keys]
        getter = attrgetter(*names)
        return getter if len(names) > 1 else lambda value: (getter(value),)
