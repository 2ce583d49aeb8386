"""Where goldspan keeps what is the user's, on each system, and that nothing gets lost that an earlier version kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from platformdirs.api import PlatformDirsABC
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

from goldspan.annotate.user_folders import user_cache_folder, user_data_folder

FOLDERS = {
    "Linux": (Unix, {}, ".local/share/goldspan", ".cache/goldspan"),
    "Linux with variables": (Unix, {"XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c"}, "/d/goldspan", "/c/goldspan"),
    "Linux with empty variables": (
        *(Unix, {"XDG_DATA_HOME": "", "XDG_CACHE_HOME": ""}),
        *(".local/share/goldspan", ".cache/goldspan"),
    ),
    "macOS": (MacOS, {}, "Library/Application Support/goldspan", "Library/Caches/goldspan"),
    "macOS with variables": (MacOS, {"XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c"}, "/d/goldspan", "/c/goldspan"),
}

System = Callable[[type[PlatformDirsABC]], None]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> System:
    """Sets the system whose folders platformdirs names, for a user with an empty home and no variables."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    return lambda kind: monkeypatch.setattr(platformdirs, "PlatformDirs", kind)


@pytest.mark.parametrize(("kind", "variables", "data", "cache"), FOLDERS.values(), ids=FOLDERS)
def test_the_folders_are_those_of_the_system(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: type[PlatformDirsABC],
    variables: dict[str, str],
    data: str,
    cache: str,
) -> None:
    system(kind)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (user_data_folder(), user_cache_folder()) == (tmp_path / data, tmp_path / cache)


def test_responses_cached_on_macos_by_an_earlier_version_are_found(system: System, tmp_path: Path) -> None:
    system(MacOS)
    earlier = tmp_path / ".cache" / "goldspan"
    earlier.mkdir(parents=True)
    assert user_cache_folder() == earlier
    (tmp_path / "Library" / "Caches" / "goldspan").mkdir(parents=True)
    assert user_cache_folder() == tmp_path / "Library" / "Caches" / "goldspan"


@pytest.mark.parametrize("value", ["~/mine", "mine"], ids=["with a tilde", "relative"])
def test_servers_stay_where_a_variable_that_is_no_absolute_path_has_put_them(
    system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    system(Unix)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", value)
    assert user_data_folder() == tmp_path / ".local" / "share" / "goldspan"
    (tmp_path / "mine" / "goldspan").mkdir(parents=True)
    assert user_data_folder() == tmp_path / "mine" / "goldspan"
