"""Upload of datasets to the Hugging Face Hub, where a folder becomes a revision of a repository.

The token comes from the login of the user (`hf auth login`) or the environment (`HF_TOKEN`). It is read by
huggingface_hub, never by this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ...schema import DependencyError, UsageError

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True, slots=True)
class HubUpload:
    """A planned or completed upload.

    Attributes:
        repository: The repository, `OWNER/NAME`.
        revision: The tag of the revision.
        files: Size of each file in bytes, by path relative to the folder.
        url: URL of the dataset's page.
    """

    repository: str
    revision: str
    files: dict[str, int]
    url: str


def plan_upload(folder: Path, repository: str, revision: str) -> HubUpload:
    """Plan the upload of a folder, without connecting to the hub.

    Args:
        folder: A dataset written by `goldspan export --to hf`.
        repository: The repository, `OWNER/NAME`.
        revision: The tag of the new revision.
    """
    from huggingface_hub import constants

    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}
    return HubUpload(repository, revision, files, f"{constants.ENDPOINT}/datasets/{repository}")


def publish(folder: Path, upload: HubUpload, *, private: bool = False) -> None:
    """Upload a folder as one commit that replaces the contents of the repository, and tag the revision.

    Args:
        folder: The dataset.
        upload: The result of `plan_upload` for the folder.
        private: Whether to make the repository private if it is created.

    Raises:
        DependencyError: There is no login or no connection, or the hub rejects the upload.
        UsageError: The revision has already been published.
    """
    from huggingface_hub import HfApi, get_token

    if get_token() is None:
        raise DependencyError("not logged in to the Hugging Face Hub. Fix: hf auth login, or set HF_TOKEN")
    api = HfApi(library_name="goldspan")
    name = upload.repository
    with _hub_errors(name):
        api.create_repo(name, repo_type="dataset", private=private or None, exist_ok=True)
        if upload.revision in _tags(api, name):
            raise UsageError(
                f"revision {upload.revision} of {name} has already been published and cannot be changed. "
                "Fix: a new version in the `metadata` file"
            )
        commit = api.upload_folder(
            repo_id=name,
            repo_type="dataset",
            folder_path=folder,
            commit_message=f"{upload.revision}, by goldspan",
            delete_patterns="*",  # files of an earlier revision that are no longer part of the dataset
        )
        api.create_tag(name, repo_type="dataset", tag=upload.revision, revision=commit.oid)


def _tags(api: HfApi, name: str) -> set[str]:
    return {tag.name for tag in api.list_repo_refs(name, repo_type="dataset").tags}


@contextmanager
def _hub_errors(name: str) -> Iterator[None]:
    """Convert errors of the hub and the network to one-line messages, which never contain the token."""
    from huggingface_hub.errors import HfHubHTTPError

    connection_errors: tuple[type[Exception], ...] = (*_http_errors(), OSError)
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        fix = "check that the token has write access" if status in (401, 403, 404) else "try again later"
        message = error.server_message or str(error).splitlines()[0]
        raise DependencyError(f"the hub rejected {name} ({status}): {message}. Fix: {fix}") from error
    except connection_errors as error:
        raise DependencyError(f"cannot connect to the hub for {name}: {error}. Fix: try again later") from error


def _http_errors() -> tuple[type[Exception], ...]:
    """Return the base errors of the HTTP clients that the versions of huggingface_hub use."""
    return tuple(import_module(name).HTTPError for name in ("httpx", "httpx2") if find_spec(name) is not None)
