"""Amounts of money, each in its currency; none is ever converted to another."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from ..data.iso_codes import currency_codes
from ..errors import DataError, Problem, did_you_mean
from .value_type import Key, ValueType, one_of


@dataclass(frozen=True, slots=True)
class Money(ValueType):
    """An amount, and its currency by its code of ISO 4217, current or withdrawn.

    Attributes:
        currencies: The currencies that values may have; empty for all.
    """

    currencies: tuple[str, ...] = ()
    name: ClassVar[str] = "money"

    def __post_init__(self) -> None:
        for code in self.currencies:
            if code not in currency_codes():
                fix = did_you_mean(code, currency_codes()).strip() or 'write its three letters, such as "EUR"'
                raise DataError(Problem(f"`currencies`: {code!r} is not a currency of ISO 4217", fix))
        if len(set(self.currencies)) < len(self.currencies):
            raise DataError(Problem("`currencies` has a duplicate currency", "remove it"))

    def spec(self) -> dict[str, Any]:
        """Return the currencies, sorted because their order matters only for display."""
        return {"type": self.name, **({"currencies": sorted(self.currencies)} if self.currencies else {})}

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return the amount and the currency."""
        codes = tuple(sorted(self.currencies)) or currency_codes()
        return Key(field, float, float | None), Key(f"{field}_currency", str, one_of(codes))

    @property
    def examples(self) -> tuple[str, ...]:
        """An amount in the first currency."""
        return "19.99", f'"{self.currencies[0] if self.currencies else "EUR"}"'

    def error(self, *parts: Any) -> str | None:
        """Reject what is not a finite number."""
        return f"{parts[0]} is not an amount" if parts[0] is not None and not isfinite(parts[0]) else None

    def amount(self, *parts: Any) -> tuple[str, float] | None:
        """Return the amount, on a scale for each currency."""
        amount, currency = parts
        if amount is None or currency is None:
            return None
        return ("" if (currency,) == self.currencies else currency), amount

    @property
    def error_unit(self) -> str | None:
        """The currency, if all values have the same."""
        return self.currencies[0] if len(self.currencies) == 1 else None

    @property
    def description(self) -> str:
        """Its currencies."""
        return f"money in {', '.join(self.currencies)}" if self.currencies else "money"

    @property
    def instruction(self) -> str:
        """How a currency is written."""
        return "" if self.currencies else "the currency as its three letters in ISO 4217"

    def hint(self, key: Key) -> str:
        """Return an example of a currency."""
        return "three letters, as EUR" if key.base is str else ""

    def text(self, *parts: Any) -> str:
        """Return amount and currency."""
        amount, currency = parts
        return f"{'' if amount is None else f'{amount:.15g}'} {currency or ''}".strip()
