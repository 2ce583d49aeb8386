"""Options without effect: refused before anything is read or written, for every command in the same way.

A command declares under which circumstances one of its options has no effect:

```python
@effects(needs("training", "errors", "html"), *either("name", "url"))
def score(...): ...
```

An option on the command line that has none ends the call with status 2. One that goldspan.toml gives is a default for
many calls: where it does not apply, the call is made without it. Refused for every option, without a declaration:
an empty value, a second value where one is taken, the same value twice, and standard input for a second time.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from ..schema.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


_OUTPUTS = ("out", "conflicts")
"""Parameters for which `-` is standard output."""


class Call:
    """The parameters of a call before the command runs.

    `call["html"]` is the value of a parameter, by its name in the command's function: as the parser made it, so that a
    path is a text still.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self._parameters: Mapping[str, Any] = {item.name: item for item in context.command.params}

    def __getitem__(self, name: str) -> Any:
        return self._context.params[name]

    def get(self, name: str) -> Any:
        """As `call[name]`; None where the command has no such parameter."""
        return self._context.params.get(name)

    def given(self, name: str) -> bool:
        """Whether the command line gives it."""
        return self._source(name) == "COMMANDLINE"

    def configured(self, name: str) -> bool:
        """Whether goldspan.toml gives it, and the command line does not."""
        return self._source(name) == "DEFAULT_MAP"

    def flag(self, name: str) -> str:
        """The option as people write it: the form that says no, where that is the value of a pair of two forms."""
        item = self._parameters[name]
        forms = item.secondary_opts if item.secondary_opts and not self[name] else item.opts
        return str(max(forms, key=len))

    def named(self, name: str) -> str:
        """As `flag`, with the place where that is not the command line."""
        return self.flag(name) + (" of goldspan.toml" if self.configured(name) else "")

    def _source(self, name: str) -> str:
        return str(getattr(self._context.get_parameter_source(name), "name", ""))


@dataclass(frozen=True, slots=True)
class Rule:
    """When an option has no effect.

    Attributes:
        option: Name of the parameter.
        idle: Why it has none in a call, so that `--option has no effect …` reads on; empty where it has one.
        fix: What to do, other than to leave the option out.
        default: Whether this is about a default of goldspan.toml only, and refuses nothing.
    """

    option: str
    idle: Callable[[Call], str]
    fix: str = ""
    default: bool = False

    def fault(self, call: Call) -> str:
        """The error that a call is refused with; empty where the option is not given or has an effect."""
        if self.default or not call.given(self.option) or not (why := self.idle(call)):
            return ""
        flag = call.flag(self.option)
        return f"{flag} has no effect {why}. Fix: {f'{self.fix}, or ' if self.fix else ''}leave out {flag}"


def needs(option: str, *others: str) -> Rule:
    """An option that has an effect only with another, or one of several others."""
    flags = " or ".join(f"--{other.replace('_', '-')}" for other in others)
    return Rule(option, lambda call: "" if any(call[other] for other in others) else f"without {flags}", f"add {flags}")


def yields(option: str, other: str) -> Rule:
    """An option that has no effect with another."""
    return Rule(option, lambda call: f"with {call.named(other)}" if call[other] else "")


def either(option: str, other: str) -> tuple[Rule, Rule]:
    """As `yields`, but on the command line the option counts, and the other one of goldspan.toml does not."""

    def beaten(call: Call) -> bool:
        return call.given(option) and call.configured(other)

    return (
        Rule(option, lambda call: "" if beaten(call) else yields(option, other).idle(call)),
        Rule(other, lambda call: f"with {call.flag(option)}" if beaten(call) else "", default=True),
    )


@dataclass(frozen=True, slots=True)
class _Declared:
    rules: tuple[Rule, ...] = ()
    again: tuple[str, ...] = ()


_DECLARED: dict[Any, _Declared] = {}


def effects(*rules: Rule, again: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Declares when options of a command have no effect.

    Args:
        rules: Of its options.
        again: Parameters that take a value a second time, for it has an effect each time.
    """

    def declare(function: F) -> F:
        _DECLARED[function] = _Declared(rules, again)
        return function

    return declare


def declared(command: Any) -> tuple[Rule, ...]:
    """The rules of a command as typer makes it."""
    return _declared(command).rules


def _declared(command: Any) -> _Declared:
    return _DECLARED.get(inspect.unwrap(command.callback), _Declared())


class CheckedCommand(TyperCommand):
    """A command that refuses options without effect."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the command line.

        Raises:
            UsageError: Options without effect; a line for each.
        """
        words = list(args)  # the parser empties the list that it is given
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # a shell completes a word
            return rest
        faults = list(self._empty_or_doubled(ctx, words))
        call, rules = Call(ctx), declared(self)
        while idle := {rule.option for rule in rules if call.configured(rule.option) and rule.idle(call)}:
            ctx.default_map = {name: value for name, value in ctx.default_map.items() if name not in idle}
            rest = super().parse_args(ctx, list(words))
        faults += [fault for rule in rules if (fault := rule.fault(call))]
        if faults:
            raise UsageError(*faults)
        return rest

    def _empty_or_doubled(self, ctx: Any, words: list[str]) -> Iterator[str]:
        values, _, order = self.make_parser(ctx).parse_args(args=list(words))
        counts = Counter(item.name for item in order)
        again = _declared(self).again
        inputs = 0
        for item in self.params:
            given = values.get(item.name)
            each = [given] if isinstance(given, str) else given if isinstance(given, (list, tuple)) else []
            inputs += 0 if item.name in _OUTPUTS else each.count("-")
            is_option = item.param_type_name == "option"
            name = max(item.opts, key=len) if is_option else item.metavar or item.name.upper()
            if any(not value.strip() for value in each):
                yield f"{name} is empty. Fix: give a value" + (f", or leave out {name}" if is_option else "")
            elif is_option and not getattr(item, "multiple", False) and counts[item.name] > 1:
                yield f"{name} is given {counts[item.name]} times. Fix: give it once"
            elif is_option and item.name not in again and (twice := [v for v, n in Counter(each).items() if n > 1]):
                yield f"{name} {twice[0]} is given twice. Fix: give it once"
        if inputs > 1:
            yield f"- is given {inputs} times, and standard input is read once. Fix: name a file"


class CheckedGroup(typer.Typer):
    """A group of commands, each of which refuses options without effect."""

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = CheckedCommand, **more: Any
    ) -> Callable[[F], F]:
        """As in typer."""
        return super().command(name, cls=cls, **more)
