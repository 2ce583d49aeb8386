"""Readers for sets whose form no other files have. What they state is placed and checked as that of any format."""

from __future__ import annotations

from collections.abc import Mapping

from ...formats.foreign.foreign_format import ForeignFormat
from .entity_roles import EntityRoles
from .event_calls import EventCalls
from .number_specifications import NumberSpecifications
from .re3d import Re3d
from .role_fillers import RoleFillers
from .stated_quantities import StatedQuantities
from .timex2 import Timex2
from .typed_toponyms import TypedToponyms

SET_READERS: Mapping[str, ForeignFormat] = {
    reader.name: reader
    for reader in (
        EntityRoles(),
        EventCalls(),
        NumberSpecifications(),
        Re3d(),
        RoleFillers(),
        StatedQuantities(),
        Timex2(),
        TypedToponyms(),
    )
}
"""The readers by the names that sets state as `form`."""
