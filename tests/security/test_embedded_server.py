"""What the embedded server shows to others on the machine, and to the network."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.annotate.label_studio.server.credentials import generate_credentials
from goldspan.annotate.label_studio.server.log import rotate_log
from goldspan.annotate.label_studio.server.paths import ensure_dir

from ..command import GOLDSPAN
from ..studio_server import Studio


def test_secrets_are_made_up_anew_each_time() -> None:
    several = [generate_credentials("default") for _ in range(20)]
    assert len({one.password for one in several}) == len({one.token for one in several}) == 20
    assert min(len(one.password) for one in several) >= 16
    assert "password" not in repr(several[0]) and several[0].token not in repr(several[0])


@pytest.mark.server
def test_under_the_most_careless_umask_nothing_is_others_to_read_or_write(own_studio: Studio) -> None:
    done = subprocess.run(
        [str(GOLDSPAN), "studio", "up"],
        env=own_studio.surroundings,
        capture_output=True,
        encoding="utf-8",
        umask=0,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    for folder in (own_studio.home, own_studio.home / "servers"):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o022 == 0, folder
    assert stat.S_IMODE(own_studio.folder.stat().st_mode) == 0o700
    private = [own_studio.folder / name for name in ("credentials.json", "state.json", "server.log")]
    for path in (*private, *(p for p in (own_studio.folder / "data").rglob("*") if p.is_file())):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_folders_that_are_made_are_nobody_elses_to_write(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ensure_dir(tmp_path / "a" / "b")
        log = tmp_path / "server.log"
        log.write_bytes(b"x" * 5_000_001)
        log.chmod(0o600)
        rotate_log(log)
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "server.log.1")] == [
        0o755,
        0o755,
        0o600,
    ]


@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="the sockets of a process are listed by Linux alone")
def test_its_only_open_socket_is_on_loopback(studio: Studio) -> None:
    group = studio.state["pid"]
    inodes = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                links = [str(link.readlink()) for link in (process / "fd").iterdir()]
                inodes |= {link[8:-1] for link in links if link.startswith("socket:[")}
        except OSError:
            continue
    listening = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{group}/net/{table}").read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and fields[9] in inodes:
                listening.append(fields[1])
    port = f"{studio.state['port']:04X}"
    assert listening == [f"0100007F:{port}"]  # 127.0.0.1, its bytes reversed
