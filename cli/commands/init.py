"""`goldspan init`: begin a project of your own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ...schema.errors import UsageError, did_you_mean, pluralize
from ..console import ask, can_ask, error, note, result, result_json
from ..option_effects import Call, Rule, effects
from ..options import Json, Language, comma_separated

if TYPE_CHECKING:
    from ...workflows.new_project.create_project import CreatedProject
    from ...workflows.new_project.project_answers import LabelAnswer, ProjectAnswers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Given:
    """The answers that options give; None or empty where they give none."""

    title: str | None
    language: str | None
    labels: str | None
    definitions: Sequence[str]
    values: Sequence[str]
    overlap: bool | None

    @property
    def describes_scheme(self) -> bool:
        """Whether the answers are about the scheme, so that a template cannot be used as it is."""
        return bool(self.title or self.labels or self.definitions or self.values or self.overlap is not None)


def _without_example(call: Call) -> str:
    from ...workflows.new_project.project_files import TEMPLATES

    template = TEMPLATES.get(call["field"])
    if template is None or not template.has_example:
        those = ", ".join(name for name, one in TEMPLATES.items() if one.has_example)
        return f"on {call['field']}: there is an example for {those}"
    for name in ("title", "labels", "definition", "value", "overlap"):
        if call[name] not in (None, [], ()):
            return f"with {call.named(name)}"
    if call["language"] not in (None, template.language):
        return f"with {call.named('language')} {call['language']}: it is in {template.language}"
    return ""


@effects(Rule("example", _without_example))
def init(
    field: Annotated[str, typer.Argument(help="What the texts are about, in a word: conflict, disaster, or your own.")],
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Folder of the project; by default FIELD.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title of the scheme.")] = None,
    language: Language = None,
    labels: Annotated[str | None, typer.Option("--labels", metavar="A,B", help="The labels.")] = None,
    definition: Annotated[
        list[str] | None,
        typer.Option("--definition", metavar="LABEL=TEXT", help="What is marked as a label, in a sentence; repeat."),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value",
            metavar="LABEL=TYPE",
            help="What spans of a label stand for: none, interval, edtf, choice:A,B and others; repeat.",
        ),
    ] = None,
    overlap: Annotated[
        bool | None, typer.Option("--overlap/--no-overlap", help="Whether spans may overlap.", show_default=False)
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Also write the texts of the field's example, with their gold.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")] = False,
    json: Json = False,
) -> None:
    """Write a project folder: scheme, guidelines to fill in, goldspan.toml, first commands.

    What no option gives is asked at the terminal. The fields conflict (English) and disaster (German) start from a
    template. No file is ever overwritten.
    """
    from ...workflows.new_project.create_project import check_free, create_project
    from ...workflows.new_project.project_answers import check_field_name
    from ...workflows.new_project.project_files import DICTIONARY, PROJECT_FILES, TEMPLATES

    check_field_name(field)
    given = _Given(title, language, labels, definition or (), value or (), overlap)
    place = folder or Path(field)
    # before anybody answers questions
    check_free(place, PROJECT_FILES if field in TEMPLATES else (*PROJECT_FILES, DICTIONARY))
    asking = not yes and can_ask()
    template = TEMPLATES.get(field)
    if template is not None and not given.describes_scheme:
        wanted = language or (_ask_language(template.language) if asking and not example else template.language)
        if wanted == template.language:
            _show(create_project(field, place, example=example), json=json)
            return
        given = _Given(title, wanted, labels, definition or (), value or (), overlap)
    if template is not None:
        note(f"note: the template of {field} ({template.language}) is not used; the project starts from your answers")
    answers = _ask_all(field, given) if asking else _defaults(field, given, yes=yes)
    _show(create_project(answers, place), json=json)
    if undefined := [label.name for label in answers.labels if not label.definition]:
        note(f"note: to be defined in scheme.toml and guidelines.md: {', '.join(undefined)}")


def _show(created: CreatedProject, *, json: bool) -> None:
    if json:
        result_json(created.to_dict())
        return
    result(f"{created.folder}: {pluralize(len(created.files), 'file')}")
    for name in created.files:
        result(f"  {name}")
    note(f"the first commands are in {created.folder / 'README.md'}")


def _defaults(field: str, given: _Given, *, yes: bool) -> ProjectAnswers:
    """Return the answers without asking.

    Raises:
        UsageError: Options are missing.
    """
    from ...workflows.new_project.project_answers import ProjectAnswers, title_of

    missing = [] if given.labels else ["--labels"]
    if not yes:
        missing += [name for name, answer in (("--title", given.title), ("--language", given.language)) if not answer]
        missing += ["--overlap or --no-overlap"] if given.overlap is None else []
    labels = _labels(comma_separated("--labels", given.labels), given) if given.labels else ()
    if not yes:
        names = [label.name for label in labels] or ["LABEL"]
        valued = {name for name, _ in _by_label("--value", given.values, names)} if labels else set()
        missing += [f"--definition {name}=…" for name in names if not _definition(labels, name)]
        missing += [f"--value {name}=…" for name in names if name not in valued]
    if missing:
        defaults = "" if yes else "; with --labels, --yes takes the defaults of the others"
        raise UsageError(f"there is no terminal to ask at. Fix: give {', '.join(missing)}{defaults}")
    return ProjectAnswers(field, given.title or title_of(field), given.language, labels, given.overlap or False)


def _definition(labels: Sequence[LabelAnswer], name: str) -> str:
    return next((label.definition for label in labels if label.name == name), "")


def _ask_all(field: str, given: _Given) -> ProjectAnswers:
    """Ask what the options do not give."""
    from ...workflows.new_project.label_values import NOTHING, value_forms
    from ...workflows.new_project.project_answers import LabelAnswer, ProjectAnswers, title_of

    title = given.title or _ask("1. Title of the scheme", title_of(field), str)
    language = given.language or _ask_language("")
    if given.labels:
        names = comma_separated("--labels", given.labels)
    else:
        names = _ask("3. Labels, separated by commas", "", lambda text: comma_separated("the labels", _filled(text)))
    labels = _labels(names, given)
    defined = [
        label.definition or _ask(f"   What is marked as {label.name}, in a sentence", "later", _later)
        for label in labels
    ]
    overlap = given.overlap
    if overlap is None:
        overlap = _ask("4. May spans overlap (yes or no)", "no", _yes_or_no)
    valued = {name for name, _ in _by_label("--value", given.values, names)}
    fields = [label.fields for label in labels]
    if open_ := [label for label in labels if label.name not in valued]:
        note("5. What does a span stand for, besides its words? Several are separated by semicolons:")
        for form, about in value_forms():
            note(f"   {form:<26} {about}")
        asked = {label.name: _ask(f"   Value of {label.name}", NOTHING, _value) for label in open_}
        fields = [asked.get(label.name, label.fields) for label in labels]
    answered = zip(names, defined, fields, strict=True)
    return ProjectAnswers(field, title, language or None, tuple(LabelAnswer(*item) for item in answered), overlap)


def _ask_language(default: str) -> str:
    from ...schema import canonical_language
    from ...schema.language import language_error

    def tag(text: str) -> str:
        if text and (problem := language_error(text)):
            raise UsageError(f"{problem[0]}. Fix: {problem[1]}")
        return text and (canonical_language(text) or text)

    return _ask("2. Language of the texts, such as de or pt-BR; empty if there are several", default, tag)


def _ask(question: str, default: str, parse: Callable[[str], T]) -> T:
    """Ask until there is a valid answer."""
    while True:
        try:
            return parse(ask(f"{question}{f' [{default}]' if default else ''}:") or default)
        except UsageError as wrong:
            for line in wrong.lines:
                error(line)


def _filled(text: str) -> str:
    if not text:
        raise UsageError("there must be a label. Fix: a name, such as EVENT")
    return text


def _later(text: str) -> str:
    return "" if text == "later" else text


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "y", "no", "n"):
        raise UsageError(f"{text!r} is neither yes nor no. Fix: yes or no")
    return text.lower().startswith("y")


def _value(text: str) -> Mapping[str, Mapping[str, object]]:
    from ...workflows.new_project.label_values import value_fields

    return value_fields(*filter(None, (part.strip() for part in text.split(";"))))


def _labels(names: Sequence[str], given: _Given) -> tuple[LabelAnswer, ...]:
    from ...workflows.new_project.project_answers import LabelAnswer

    definitions = _by_label("--definition", given.definitions, names)
    values = _by_label("--value", given.values, names)
    if twice := [name for name in names if sum(name == one for one, _ in definitions) > 1]:
        raise UsageError(f"--definition: {twice[0]} is defined twice. Fix: give one of them")
    defined = dict(definitions)
    return tuple(
        LabelAnswer(name, defined.get(name, ""), _fields(name, [text for one, text in values if one == name]))
        for name in names
    )


def _fields(label: str, values: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
    from ...workflows.new_project.label_values import value_fields

    try:
        return value_fields(*values)
    except UsageError as error:
        told = " ".join(f"--value {label}={value}" for value in values)
        raise UsageError(*(f"{told}: {line}" for line in error.lines)) from error


def _by_label(option: str, pairs: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Split `LABEL=…` into the label, whose name may contain `=`, and the rest."""
    split = []
    for pair in pairs:
        name = max((name for name in names if pair.startswith(f"{name}=")), key=len, default=None)
        if name is None or not pair[len(name) + 1 :].strip():
            label = pair.partition("=")[0]
            hint = did_you_mean(label, names).strip() if label not in names else f"{label}=…"
            raise UsageError(f"{option} {pair}: expected a label, = and its answer. Fix: {hint}")
        split.append((name, pair[len(name) + 1 :].strip()))
    return split
