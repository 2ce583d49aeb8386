"""What a call chooses in `columns` of the layers and features of a file: `layer=Place,label=kind`."""

from __future__ import annotations

from collections.abc import Sequence

from ....schema import UsageError, did_you_mean


class ColumnChoices:
    """Names that a call chooses, by what they are for.

    Args:
        text: The option `columns`: `name=value`, separated by commas; a name may be given several times.
        known: The names that have an effect.

    Raises:
        UsageError: A part has another form, or another name.
    """

    def __init__(self, text: str, known: Sequence[str]) -> None:
        self._chosen: dict[str, list[str]] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not value:
                raise UsageError(f"`columns` has {part!r}. Fix: write name=value, such as {known[0]}=Place")
            if name not in known:
                raise UsageError(f"`columns` has no effect for {name!r}: {did_you_mean(name, list(known))}")
            self._chosen.setdefault(name, []).append(value)

    def all(self, name: str) -> list[str]:
        """Return all values of a name, in their order."""
        return self._chosen.get(name, [])

    def one(self, name: str) -> str:
        """Return the value of a name; empty if it has none.

        Raises:
            UsageError: It has several.
        """
        values = self.all(name)
        if len(values) > 1:
            raise UsageError(f"`columns` has several values for {name!r}. Fix: choose one of {', '.join(values)}")
        return values[0] if values else ""

    def require_known(self, name: str, known: Sequence[str], noun: str) -> None:
        """Check that all values of a name are in the file.

        Raises:
            UsageError: One is not.
        """
        for value in self.all(name):
            if value not in known:
                raise UsageError(f"`columns`: the file has no {noun} {value!r}: {did_you_mean(value, list(known))}")
