"""Refuse options without effect, before anything is read or written.

A command declares under which circumstances one of its options has no effect:

```python
@effects(needs("training", "errors", "html"), *either("name", "url"))
def score(...): ...
```

An option on the command line without effect ends the call with status 2. One from goldspan.toml is a default for many
calls: where it does not apply, it is ignored. Refused for every option, without a declaration: an empty value, a second
value for an option that takes one, the same value twice, and standard input more than once.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from ..schema.errors import UsageError
from ..schema.extras import require_file_extras
from .console import use_options

F = TypeVar("F", bound=Callable[..., Any])


_OUTPUTS = ("out", "conflicts")
"""Parameters for which `-` means standard output."""

_LIBRARY_NAMES = {
    "title": "project",
    "titles": "project",
    "corpora": "corpus",
    "columns": "column",
    "texts=False": "no_text",
}
"""Parameters of the library that have another name in the commands."""


class Call:
    """The parameters of a call, before the command runs.

    `call["html"]` is the value of a parameter, by its name in the command's function. It is as the parser made it, so a
    path is still a string.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self._parameters: Mapping[str, Any] = {item.name: item for item in context.command.params}

    def __getitem__(self, name: str) -> Any:
        return self._context.params[name]

    def get(self, name: str) -> Any:
        """Return `call[name]`, or None if the command has no such parameter."""
        return self._context.params.get(name)

    def given(self, name: str) -> bool:
        """Return whether the command line sets it."""
        return self._source(name) == "COMMANDLINE"

    def configured(self, name: str) -> bool:
        """Return whether goldspan.toml sets it, and the command line does not."""
        return self._source(name) == "DEFAULT_MAP"

    def flag(self, name: str) -> str:
        """Return the option as users write it, in its `--no-` form if that is what was set."""
        item = self._parameters[name]
        forms = item.secondary_opts if item.secondary_opts and not self[name] else item.opts
        return str(max(forms, key=len))

    def named(self, name: str) -> str:
        """Return `flag`, with its source if that is not the command line."""
        return self.flag(name) + (" of goldspan.toml" if self.configured(name) else "")

    def _source(self, name: str) -> str:
        return str(getattr(self._context.get_parameter_source(name), "name", ""))


@dataclass(frozen=True, slots=True)
class Rule:
    """When an option has no effect.

    Attributes:
        option: Name of the parameter.
        idle: Why it has no effect in a call, to complete `--option has no effect …`; empty if it has one.
        fix: What to do, other than leaving the option out.
        default: Whether the rule only drops a default from goldspan.toml, and refuses nothing.
    """

    option: str
    idle: Callable[[Call], str]
    fix: str = ""
    default: bool = False

    def message(self, call: Call) -> str:
        """Return the error that a call is refused with; empty if the option is not set or has an effect."""
        if self.default or not call.given(self.option) or not (why := self.idle(call)):
            return ""
        flag = call.flag(self.option)
        return f"{flag} has no effect {why}. Fix: {f'{self.fix}, or ' if self.fix else ''}leave out {flag}"


def needs(option: str, *others: str) -> Rule:
    """Declare an option that has an effect only with another, or with one of several others."""
    flags = " or ".join(f"--{other.replace('_', '-')}" for other in others)
    return Rule(option, lambda call: "" if any(call[other] for other in others) else f"without {flags}", f"add {flags}")


def yields(option: str, other: str) -> Rule:
    """Declare an option that has no effect with another."""
    return Rule(option, lambda call: f"with {call.named(other)}" if call[other] else "")


def either(option: str, other: str) -> tuple[Rule, Rule]:
    """Declare as `yields`, but an option on the command line overrides the other one from goldspan.toml."""

    def overridden(call: Call) -> bool:
        return call.given(option) and call.configured(other)

    return (
        Rule(option, lambda call: "" if overridden(call) else yields(option, other).idle(call)),
        Rule(other, lambda call: f"with {call.flag(option)}" if overridden(call) else "", default=True),
    )


@dataclass(frozen=True, slots=True)
class _Declared:
    rules: tuple[Rule, ...] = ()
    repeatable: tuple[str, ...] = ()


_DECLARED: dict[Any, _Declared] = {}


def effects(*rules: Rule, repeatable: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Declare when the options of a command have no effect.

    Args:
        rules: Rules of its options.
        repeatable: Parameters whose value may be repeated, because it has an effect each time.
    """

    def declare(function: F) -> F:
        _DECLARED[function] = _Declared(rules, repeatable)
        return function

    return declare


def declared(command: Any) -> tuple[Rule, ...]:
    """Return the rules of a typer command."""
    return _declared(command).rules


def _declared(command: Any) -> _Declared:
    return _DECLARED.get(inspect.unwrap(command.callback), _Declared())


def _options_by_parameter(command: Any) -> dict[str, str]:
    options = {
        item.name: max(item.opts, key=len) if item.param_type_name == "option" else item.metavar or item.name.upper()
        for item in command.params
    }
    options |= {f"{item.name}=True": options[item.name] for item in command.params if getattr(item, "is_flag", False)}
    return options | {name: options[own] for name, own in _LIBRARY_NAMES.items() if own in options}


class CheckedCommand(TyperCommand):
    """A command that refuses options without effect, and shows the library's parameters as its options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line.

        Raises:
            DependencyError: A file has a suffix for which a package is missing.
            UsageError: Options without effect; a line for each.
        """
        words = list(args)  # the parser empties its argument
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # a shell completes a word
            return rest
        use_options(_options_by_parameter(self))
        messages = list(self._empty_or_repeated(ctx, words))
        call, rules = Call(ctx), declared(self)
        while idle := {rule.option for rule in rules if call.configured(rule.option) and rule.idle(call)}:
            ctx.default_map = {name: value for name, value in ctx.default_map.items() if name not in idle}
            rest = super().parse_args(ctx, list(words))
        messages += [message for rule in rules if (message := rule.message(call))]
        if messages:
            raise UsageError(*messages)
        # arguments with a word of their own in the usage, such as FILE, are files; other strings are names and titles
        files = {param.name for param in self.params if param.param_type_name == "argument" and param.metavar}
        for name, value in ctx.params.items():
            for item in value if isinstance(value, list | tuple) else [value]:
                if isinstance(item, Path) or (isinstance(item, str) and name in files):
                    require_file_extras(str(item))
        return rest

    def _empty_or_repeated(self, ctx: Any, words: list[str]) -> Iterator[str]:
        values, _, order = self.make_parser(ctx).parse_args(args=list(words))
        counts = Counter(item.name for item in order)
        repeatable = _declared(self).repeatable
        inputs = 0
        for item in self.params:
            own = item.name or ""  # each has one, whatever its type says
            value = values.get(own)
            texts = [value] if isinstance(value, str) else value if isinstance(value, (list, tuple)) else []
            inputs += 0 if own in _OUTPUTS else texts.count("-")
            is_option = item.param_type_name == "option"
            name = max(item.opts, key=len) if is_option else item.metavar or own.upper()
            if any(not value.strip() for value in texts):
                yield f"{name} is empty. Fix: give a value" + (f", or leave out {name}" if is_option else "")
            elif is_option and not getattr(item, "multiple", False) and counts[own] > 1:
                yield f"{name} is given {counts[own]} times. Fix: give it once"
            elif is_option and own not in repeatable and (twice := [v for v, n in Counter(texts).items() if n > 1]):
                yield f"{name} {twice[0]} is given twice. Fix: give it once"
        if inputs > 1:
            yield f"- is given {inputs} times, and standard input is read once. Fix: name a file"


class CheckedGroup(typer.Typer):
    """A group of commands that refuse options without effect."""

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = CheckedCommand, **more: Any
    ) -> Callable[[F], F]:
        """Add a command, as in typer."""
        return super().command(name, cls=cls, **more)
