"""The compose file for Label Studio on PostgreSQL, as far as it can be looked at without containers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from goldspan.annotate.label_studio.server.installation import pinned_version

from ...conftest import Run


def filled(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The file as containers get it, and its variables."""
    variables = dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())
    text = (folder / "compose.yaml").read_text()
    text = re.sub(r"(?<!\$)\$\{(\w+)(?::\?)?\}", lambda found: variables[found[1]], text)
    return yaml.safe_load(text.replace("$$", "$")), variables


def test_a_compose_file_says_what_runs_and_its_secrets_lie_beside_it(goldspan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    options = ("--address", "https://labels.example.org/", "--port", "9000", "--workers", "6")
    done = goldspan("studio", "compose", "--out", str(folder), *options)
    assert (done.returncode, "was validated, but never run with containers" in done.stderr) == (0, True), done.stderr
    assert "then open: https://labels.example.org\n" in done.stdout
    compose, variables = filled(folder)
    services = compose["services"]
    app, database, nginx = (services[name] for name in ("app", "db", "nginx"))
    assert app["image"] == nginx["image"] == f"heartexlabs/label-studio:{pinned_version()}"
    assert (app["environment"]["UWSGI_PROCESSES"], nginx["ports"]) == (6, ["127.0.0.1:9000:8085"])
    assert app["environment"]["LABEL_STUDIO_HOST"] == "https://labels.example.org"
    assert app["environment"]["POSTGRE_PASSWORD"] == database["environment"]["POSTGRES_PASSWORD"]
    assert services["backup"]["environment"]["PGPASSWORD"] == database["environment"]["POSTGRES_PASSWORD"]
    kept = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    assert kept - {"./backups"} == set(compose["volumes"]) == {"database", "studio-data"}
    assert not [name for name, service in services.items() if "ports" in service and name != "nginx"]

    secrets = {variables[name] for name in ("STUDIO_PASSWORD", "STUDIO_TOKEN", "DATABASE_PASSWORD")}
    assert len(secrets) == 3 and min(map(len, secrets)) >= 16
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert not [secret for secret in secrets if secret in (folder / "compose.yaml").read_text() + done.stdout]

    before = (folder / ".env").read_bytes()
    again = goldspan("studio", "compose", "--out", str(folder))
    assert (again.returncode, (folder / ".env").read_bytes()) == (2, before)


def test_a_name_that_is_taken_meanwhile_leaves_nothing_behind(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert goldspan("studio", "compose", "--out", str(tmp_path / "file" / "server")).returncode == 3
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "address", ["host", "http://", "https://me@host", "https://host/below", "https://h$x", "http://h:x"]
)
def test_an_address_that_is_not_a_servers_is_refused(address: str, goldspan: Run, tmp_path: Path) -> None:
    done = goldspan("studio", "compose", "--out", str(tmp_path / "server"), "--address", address)
    assert (done.returncode, "Fix: https://HOST or http://HOST:PORT" in done.stderr) == (2, True)
