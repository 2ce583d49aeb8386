"""Datasets to the Hugging Face hub: a folder becomes a revision of a repository, by huggingface_hub.

The token is that of the user's own login (`hf auth login`) or of the environment (`HF_TOKEN`); it is never read here.
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
    """What would go up, or has gone up.

    Attributes:
        repository: `OWNER/NAME`.
        revision: The tag that names it.
        files: Bytes by path below the folder.
        url: Address of the dataset's page.
    """

    repository: str
    revision: str
    files: dict[str, int]
    url: str


def plan_upload(folder: Path, repository: str, revision: str) -> HubUpload:
    """What would go up of a folder; the hub is not asked.

    Args:
        folder: A dataset as `goldspan export --to hf` makes it.
        repository: `OWNER/NAME`.
        revision: The tag that will name it.
    """
    from huggingface_hub import constants

    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}
    return HubUpload(repository, revision, files, f"{constants.ENDPOINT}/datasets/{repository}")


def publish(folder: Path, upload: HubUpload, *, private: bool = False) -> None:
    """Uploads a folder as one commit, in place of what the repository held, and names the revision.

    Args:
        folder: The dataset.
        upload: What `plan_upload` says of it.
        private: Whether a repository that is made for it is closed to others.

    Raises:
        DependencyError: No login, no network, or the hub refuses.
        UsageError: The revision is published already.
    """
    from huggingface_hub import HfApi, get_token

    if get_token() is None:
        raise DependencyError("not logged in at the Hugging Face hub. Fix: hf auth login, or set HF_TOKEN")
    api = HfApi(library_name="goldspan")
    name = upload.repository
    with _told(name):
        api.create_repo(name, repo_type="dataset", private=private or None, exist_ok=True)
        if upload.revision in _tags(api, name):
            raise UsageError(
                f"{name} has a revision {upload.revision} already, and published ones do not change. "
                "Fix: a new version in the file of --about"
            )
        done = api.upload_folder(
            repo_id=name,
            repo_type="dataset",
            folder_path=folder,
            commit_message=f"{upload.revision}, by goldspan",
            delete_patterns="*",  # what an earlier revision had and this one has not
        )
        api.create_tag(name, repo_type="dataset", tag=upload.revision, revision=done.oid)


def _tags(api: HfApi, name: str) -> set[str]:
    return {tag.name for tag in api.list_repo_refs(name, repo_type="dataset").tags}


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Says in a line what the hub or the network answers; never with the token, which no message of theirs holds."""
    from huggingface_hub.errors import HfHubHTTPError

    silent: tuple[type[Exception], ...] = (*_network_errors(), OSError)
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        fix = "see that the token may write there" if status in (401, 403, 404) else "try again later"
        said = error.server_message or str(error).splitlines()[0]
        raise DependencyError(f"the hub refuses {name} ({status}): {said}. Fix: {fix}") from error
    except silent as error:
        raise DependencyError(f"the hub cannot be reached for {name}: {error}. Fix: try again later") from error


def _network_errors() -> tuple[type[Exception], ...]:
    """What the client that huggingface_hub has raises where nobody answers: another one in each of its versions."""
    return tuple(import_module(name).HTTPError for name in ("httpx", "httpx2") if find_spec(name) is not None)
