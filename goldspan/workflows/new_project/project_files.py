"""The files of a new project as texts: made from answers, or taken from a template."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ...annotate.guidelines import label_heading, shipped_guidelines, span_rules
from ...corpus.formats.huggingface.markdown import escape_markdown
from ...schema import Scheme, load_scheme
from ...schema.files.scheme_writer import scheme_toml
from .project_answers import ProjectAnswers, scheme_of_answers

_HEAD = """\
# What is marked in the texts, and what each span stands for. `goldspan schema check scheme.toml` checks this file.

"""
_COMMENTS = {
    "version": "raise it when labels, fields or zone kinds change",
    "guidelines": "the version of guidelines.md",
    "overlap": "may spans overlap?",
    "boundaries": 'spans are whole words; "any" allows parts of words',
    "[zones]": "parts of a text that are not annotated",
}
_OF_LABELS = """\
# A label can also have examples = ["a text with [a span]"] and not_first = ["the", "a"], words that begin no span.
# A value with several fields is right if all agree, unless correct = [["field"]] names those that matter.
# A field of type identifier can have table = "FILE.csv", with columns id, names and kind, that annotators pick from.
# patterns = ['regular expression'] are suggested by the extractor `patterns`; their named groups are fields.
"""
_TEXTS = {
    "guidelines.md": "guidelines.md.j2",
    "goldspan.toml": "goldspan.toml.j2",
    "articles/README.md": "articles.md.j2",
    "articles/manifest.toml": "manifest.toml.j2",
    "README.md": "README.md.j2",
}

DICTIONARY = "dictionary.csv"
"""Path of the dictionary that a project of one's own begins with."""

PROJECT_FILES = ("scheme.toml", *_TEXTS)
"""Paths of the files that every project has."""

_TRIAL_TEXT, _TRIAL_SURFACE = "A first text, to try the commands.", "first text"


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """What a known field starts from.

    Attributes:
        name: Name of the field.
        language: Language of its labels and texts.
        extractor: What suggests spans.
        folder: Folder of goldspan with its files; None if scheme and guidelines are those that goldspan ships.
        tables: What further files are for, by path.
        gold: Path of the example's gold, which comes with its texts.
    """

    name: str
    language: str
    extractor: str
    folder: str | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""

    @property
    def has_example(self) -> bool:
        """Whether there are texts with their gold."""
        return bool(self.gold)

    def scheme(self) -> Scheme:
        """Return the scheme."""
        return load_scheme(self._scheme_path())

    def files(self, *, example: bool) -> dict[str, str]:
        """Return the texts of all files by path.

        Args:
            example: Whether the texts of the example and their gold are among them.
        """
        scheme = self.scheme()
        more = {
            **self.tables,
            **({self.gold: "the texts of the example with the spans that are right"} if example else {}),
        }
        commands = _FirstCommands(self.extractor, () if example else _trial(), self.gold if example else "")
        files = {
            "scheme.toml": self._scheme_path().read_text("utf-8"),
            **_rendered(scheme, self.language, commands, more),
        }
        if self.folder is None:
            return {**files, "guidelines.md": shipped_guidelines(scheme) or ""}
        own = _texts_below(resources.files(__package__).joinpath(self.folder))
        of_example = {path for path in own if path == self.gold or path.startswith("articles/")}
        return files | {path: text for path, text in own.items() if example or path not in of_example}

    def _scheme_path(self) -> Path:
        """Return the path of the scheme, whose tables are beside it."""
        if self.folder is None:
            return Path(str(resources.files("goldspan.schema").joinpath("data", "conflict.toml")))
        return Path(str(resources.files(__package__).joinpath(self.folder, "scheme.toml")))


TEMPLATES: Mapping[str, ProjectTemplate] = {
    template.name: template
    for template in (
        ProjectTemplate("conflict", "en", "rules"),
        ProjectTemplate(
            "disaster",
            "de",
            "combined:patterns + dictionary:orte.csv;label=ORT",
            "disaster",
            {"orte.csv": "the places of the example with their ids, to be replaced by those of your texts"},
            "example-gold.jsonl",
        ),
    )
}
"""Templates by field."""


@dataclass(frozen=True, slots=True)
class _FirstCommands:
    """What the first commands are called with.

    Attributes:
        extractor: What suggests spans.
        trial: Commands that write a text to try the others with.
        gold: Records to score suggestions against; empty if there are none.
    """

    extractor: str
    trial: tuple[str, ...]
    gold: str = ""


def _trial(*more: str) -> tuple[str, ...]:
    return (f'echo "{_TRIAL_TEXT}" > articles/first.txt', *more)


def files_of_answers(answers: ProjectAnswers) -> dict[str, str]:
    """Return the texts of all files of a project by path.

    Raises:
        UsageError: The answers describe no scheme.
    """
    scheme = scheme_of_answers(answers)
    entry = io.StringIO()
    csv.writer(entry, lineterminator="").writerow([_TRIAL_SURFACE, answers.labels[0].name])
    trial = _trial(f"echo {shlex.quote(entry.getvalue())} >> {DICTIONARY}")
    commands = _FirstCommands(f"dictionary:{DICTIONARY}", trial)
    about = "words and names that are to be suggested, with their labels; further columns are keys of their values"
    files = {"scheme.toml": commented_toml(scheme), DICTIONARY: "surface,label\n"}
    return files | _rendered(scheme, answers.language, commands, {DICTIONARY: about})


def commented_toml(scheme: Scheme) -> str:
    """Return a scheme as TOML with comments that say what to change where."""
    text = _HEAD + scheme_toml(scheme)
    for key, comment in _COMMENTS.items():
        line = rf"^{re.escape(key)}$" if key.startswith("[") else rf"^{key} = .*$"
        text = re.sub(line, rf"\g<0> # {comment}", text, count=1, flags=re.M)
    return text.replace("\n[labels.", f"\n{_OF_LABELS}[labels.", 1)


def _rendered(
    scheme: Scheme, language: str | None, commands: _FirstCommands, more: Mapping[str, str]
) -> dict[str, str]:
    facts = {"scheme": scheme, "rules": span_rules(scheme), "language": language, "commands": commands, "more": more}
    return {path: _template(name).render(facts) for path, name in _TEXTS.items()}


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    # neither HTML nor a program reads the results; TOML strings are written by `tojson`, whose escapes TOML shares
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    environment.filters |= {"markdown": escape_markdown, "heading": label_heading, "shell": shlex.quote}
    return environment.from_string(resources.files(__package__).joinpath("texts", name).read_text("utf-8"))


def _texts_below(folder: Traversable, prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        path = f"{prefix}{item.name}"
        if item.is_dir():
            texts |= _texts_below(item, f"{path}/")
        else:
            texts[path] = item.read_text("utf-8")
    return texts
