"""Create a project folder: all its files, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...schema import DependencyError, UsageError, os_error_hint
from ...schema.errors import pluralize
from .project_answers import ProjectAnswers, check_field_name
from .project_files import TEMPLATES, ProjectTemplate, files_of_answers


@dataclass(frozen=True, slots=True)
class CreatedProject:
    """A project folder that was created.

    Attributes:
        folder: The folder.
        files: Paths of its files, relative to the folder.
        template: The template that it started from; empty if it started from answers.
    """

    folder: Path
    files: tuple[str, ...]
    template: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON-compatible data."""
        return {"folder": str(self.folder), "files": list(self.files), "template": self.template or None}


def create_project(source: ProjectAnswers | str, folder: str | Path, *, example: bool = False) -> CreatedProject:
    """Create a project folder with a scheme, guidelines, settings and first commands.

    No file is ever overwritten: if one of them exists, nothing is written.

    Args:
        source: The answers, or the name of a field that goldspan has a template for: `conflict` or `disaster`.
        folder: The folder, which may exist.
        example: Also write the texts of the template's example, with their gold.

    Raises:
        DependencyError: A file cannot be written.
        UsageError: A file exists, the answers describe no scheme, or there is no such template or example.

    Examples:
        >>> from goldspan.workflows import LabelAnswer, ProjectAnswers, create_project
        >>> statute = LabelAnswer("STATUTE", "A law that is cited.", {"id": {"type": "identifier"}})
        >>> project = create_project(ProjectAnswers("courts", "Court decisions", "en", (statute,)), "courts")
        >>> project.files[:3]
        ('README.md', 'articles/README.md', 'articles/manifest.toml')
    """
    if isinstance(source, ProjectAnswers):
        check_field_name(source.field)
        if example:
            raise UsageError("a project that starts from answers has no example. Fix: leave out `example`")
        files = files_of_answers(source)
    else:
        files = _template(source, example=example).files(example=example)
    root = Path(folder)
    check_free(root, files)
    _write(root, files)
    return CreatedProject(root, tuple(sorted(files)), source if isinstance(source, str) else "")


def _template(field: str, *, example: bool) -> ProjectTemplate:
    if field not in TEMPLATES:
        raise UsageError(f"there is no template for {field!r}. Fix: one of {', '.join(TEMPLATES)}, or answers")
    template = TEMPLATES[field]
    if example and not template.has_example:
        those = ", ".join(name for name, one in TEMPLATES.items() if one.has_example)
        raise UsageError(f"the template {field} has no example. Fix: {those}, or leave out `example`")
    return template


def check_free(root: Path, files: Iterable[str]) -> None:
    """Check that a project can be created in a folder without overwriting a file.

    Args:
        root: The folder, which may be missing.
        files: Paths of the files.

    Raises:
        DependencyError: The folder cannot be read.
        UsageError: A file exists.
    """
    try:
        taken = list(_taken(root, list(files)))
    except OSError as error:
        raise DependencyError(f"{root}: cannot be read: {error.strerror}. Fix: {os_error_hint(error)}") from error
    if taken:
        what = f"{pluralize(len(taken), 'file')} would be overwritten: {', '.join(taken)}"
        raise UsageError(f"{root}: {what}. Fix: name a new or empty folder as `folder`")


def _taken(root: Path, files: Iterable[str]) -> Iterator[str]:
    """Yield what is in the way: files, links that lead nowhere, and files where folders are needed."""
    if _is_there(root) and not root.is_dir():
        yield root.name
        return
    folders = {str(parent) for path in files for parent in Path(path).parents} - {"."}
    yield from (name for name in sorted(folders) if _is_there(root / name) and not (root / name).is_dir())
    yield from (name for name in sorted(files) if _is_there(root / name))


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _write(root: Path, files: Mapping[str, str]) -> None:
    made: list[Path] = []
    try:
        for path, text in sorted(files.items()):
            _make_folder((root / path).parent, made)
            with (root / path).open("x", encoding="utf-8", newline="\n") as file:
                made.append(root / path)
                file.write(text)
    except OSError as error:
        _remove(made)
        hint = os_error_hint(error, writing=True)
        raise DependencyError(f"{error.filename}: cannot be written: {error.strerror}. Fix: {hint}") from error
    except BaseException:
        _remove(made)
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # somebody put a file into a folder in the meantime
            path.rmdir() if path.is_dir() else path.unlink()
