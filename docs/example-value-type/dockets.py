"""A value type: docket numbers of German courts, such as `I ZR 12/20`."""

import re
from dataclasses import dataclass

from goldspan.schema import Key, ValueType

DOCKET = re.compile(r"([IVX]+|\d+)\s*([A-Z][A-Za-z]*)\s*(\d+)\s*/\s*(\d\d)")


@dataclass(frozen=True)
class Docket(ValueType):
    """A docket number; `registers` are the registers that it may be of, all by default."""

    registers: tuple[str, ...] = ()
    name = "docket"
    examples = ('"I ZR 12/20"',)
    instruction = "a docket number, such as I ZR 12/20"

    def keys(self, field):
        return (Key(field, str, str | None),)

    def error(self, docket):
        found = DOCKET.fullmatch(docket or "I ZR 1/00")
        if found is None:
            return f"{docket!r} is not a docket number"
        if docket and self.registers and found[2] not in self.registers:
            return f"{found[2]} is not one of the registers {', '.join(self.registers)}"
        return None

    def fix(self, docket):
        return "write senate, register, number and year, such as I ZR 12/20"

    def normalised(self, docket):
        return (docket and DOCKET.sub(r"\1 \2 \3/\4", docket),)

    def hint(self, key):
        return "as I ZR 12/20"
