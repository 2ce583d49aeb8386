"""A small hub on this machine that speaks the part of the Hugging Face hub's protocol that publishing and loading take.

The real hub needs an account and a network, which tests have not; huggingface_hub and datasets are the real ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class HubServer:
    """What the hub holds.

    Attributes:
        url: Its address.
        token: The only one that may write.
        commits: Contents by path, by commit, by repository.
        refs: Commits by branch or tag, by repository.
        created: What repositories were made with.
        refuse: Status that every write is answered with, if any.
    """

    url: str = ""
    token: str = "hf_testtokenthatnobodymayseeanywhere"
    commits: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)
    refs: dict[str, dict[str, str]] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    refuse: int = 0

    def files(self, repository: str, revision: str) -> tuple[str, dict[str, bytes]]:
        commit = self.refs[repository].get(revision, revision)
        return commit, self.commits[repository][commit]


@contextmanager
def hub_server() -> Iterator[HubServer]:
    held = HubServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer(self._read())

        do_HEAD = do_GET  # noqa: N815 - what the server looks for

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != f"Bearer {held.token}":
                self._answer((401, {"error": "Invalid username or password."}))
            elif held.refuse:
                self._answer((held.refuse, {"error": "You may not write here."}))
            else:
                self._answer(self._write(urlsplit(self.path).path, body))

        def _read(self) -> tuple[int, Any]:
            parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
            try:
                if parts[:2] == ["api", "datasets"]:
                    repository, rest = "/".join(parts[2:4]), parts[4:]
                    if rest == ["refs"]:
                        refs = [{"name": n, "ref": n, "targetCommit": c} for n, c in held.refs[repository].items()]
                        branches = [ref for ref in refs if ref["name"] == "main"]
                        tags = [ref for ref in refs if ref["name"] != "main"]
                        return 200, {"branches": branches, "tags": tags, "converts": []}
                    revision = rest[1] if len(rest) > 1 else "main"
                    commit, files = held.files(repository, revision)
                    if rest[:1] == ["tree"]:
                        below = "/".join(rest[2:])
                        return 200, [
                            _entry(p, data) for p, data in files.items() if not below or p.startswith(below + "/")
                        ]
                    siblings = [{"rfilename": path} for path in files]
                    return 200, {"id": repository, "sha": commit, "siblings": siblings, "private": False, "tags": []}
                if parts[0] == "datasets" and parts[3] == "resolve":
                    commit, files = held.files("/".join(parts[1:3]), parts[4])
                    return 200, (commit, files["/".join(parts[5:])])
            except KeyError:
                pass
            return 404, {"error": "not there"}

        def _write(self, path: str, body: bytes) -> tuple[int, Any]:
            parts = [unquote(part) for part in path.strip("/").split("/")]
            if parts == ["api", "repos", "create"]:
                asked = json.loads(body)
                name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
                if name in held.refs:
                    return 409, {"error": "You already created this dataset repo", "url": f"{held.url}/datasets/{name}"}
                held.created.append(asked)
                held.commits[name], held.refs[name] = {"0" * 40: {}}, {"main": "0" * 40}
                return 200, {"url": f"{held.url}/datasets/{name}", "name": name, "id": name}
            if parts == ["api", "validate-yaml"]:
                return 200, {"errors": [], "warnings": []}
            repository, what = "/".join(parts[2:4]), parts[4]
            if what == "preupload":
                files = json.loads(body)["files"]
                told = [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files]
                return 200, {"files": told}
            if what == "paths-info":
                _, present = held.files(repository, parts[5])
                wanted = json.loads(body)["paths"]
                return 200, [_entry(path, present[path]) for path in wanted if path in present]
            if what == "commit":
                _, files = held.files(repository, parts[5])
                files = dict(files)
                for line in body.splitlines():
                    item = json.loads(line)
                    if item["key"] == "file":
                        files[item["value"]["path"]] = base64.b64decode(item["value"]["content"])
                    elif item["key"] == "deletedFile":
                        del files[item["value"]["path"]]
                commit = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
                held.commits[repository][commit] = files
                held.refs[repository]["main"] = commit
                return 200, {"commitOid": commit, "commitUrl": f"{held.url}/datasets/{repository}/commit/{commit}"}
            if what == "tag":
                held.refs[repository][json.loads(body)["tag"]] = parts[5]
                return 200, {}
            return 404, {"error": f"not spoken here: {path}"}

        def _answer(self, answer: tuple[int, Any]) -> None:
            status, content = answer
            self.send_response(status)
            if isinstance(content, tuple):
                commit, data = content
                self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("X-Repo-Commit", commit)
            else:
                data = json.dumps(content).encode()
                self.send_header("Content-Type", "application/json")
                if status >= 400:
                    self.send_header("X-Error-Message", content["error"])
            first = 0
            self.send_header("Content-Length", str(len(data) - first))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
