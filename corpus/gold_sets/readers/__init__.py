"""Readers for sets whose form no other files have. What they state is placed and checked as that of any format."""

from __future__ import annotations

from collections.abc import Mapping

from ...formats.foreign.foreign_format import ForeignFormat
from .entity_roles import EntityRoles
from .number_specifications import NumberSpecifications
from .re3d import Re3d
from .role_fillers import RoleFillers
from .stated_quantities import StatedQuantities
from .timex2 import Timex2

SET_READERS: Mapping[str, ForeignFormat] = {
    reader.name: reader
    for reader in (EntityRoles(), NumberSpecifications(), Re3d(), RoleFillers(), StatedQuantities(), Timex2())
}
"""The readers by the names that sets state as `form`."""
