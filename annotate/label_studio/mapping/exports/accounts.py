"""Names of the people who annotated an export: short if that tells them apart, otherwise the whole address."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any


class Accounts:
    """The accounts that an export names.

    An account is a number, an address, or an object with either. Two people whose addresses differ only in their domain
    are told apart, and a number is named by the address that another task states for it.

    Args:
        annotations: The annotations of the export.
    """

    def __init__(self, annotations: Iterable[Mapping[str, Any]] = ()) -> None:
        self._addresses: dict[Hashable, str] = {}
        for item in annotations:
            account, address = _account(item)
            if account is not None and address:
                self._addresses.setdefault(account, address)
        short = [_short(address) for address in self._addresses.values()]
        self._ambiguous = {name for name in short if short.count(name) > 1}

    def identity(self, item: Mapping[str, Any]) -> Hashable:
        """Return what identifies the person of an annotation; None if it names nobody."""
        return _account(item)[0]

    def name(self, item: Mapping[str, Any]) -> str | None:
        """Return who made an annotation: the part of the address before the @, or `user-` and the account's number."""
        account, address = _account(item)
        address = self._addresses.get(account, address)
        if address:
            return address if _short(address) in self._ambiguous else _short(address)
        return None if account is None else f"user-{account}"


def _account(item: Mapping[str, Any]) -> tuple[Hashable, str]:
    """Return what identifies an account, and its address; None and an empty string if they are not stated."""
    account = item.get("completed_by")
    address: Any = account if isinstance(account, str) else ""
    if isinstance(account, dict):
        address = account.get("email") or account.get("username")
        account = account.get("id")
    address = address.strip() if isinstance(address, str) else ""
    if isinstance(account, int) and not isinstance(account, bool):
        return account, address
    return (address or None), address


def _short(address: str) -> str:
    return address.partition("@")[0] or address
