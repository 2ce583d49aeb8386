"""Processor time of the page until it shows an article of 50 kB with its suggestions, next to a bare interface.

The bare one has the labels and the text alone, so the difference is what goldspan sends: fields, pickers and values.
Time is that of the page's main thread, which other programs on the machine do not add to.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from goldspan.annotate import load_extractor
from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.mapping.labeling_config import LABELS
from goldspan.corpus import read_records, write_records
from goldspan.schema import Document, Layer, Scheme, conflict_scheme
from tests.annotator import Annotator
from tests.browser import open_browser
from tests.studio_server import installed, serving

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

_NEWS = Path(__file__).parents[2] / "tests" / "annotate" / "news"
_BYTES = 50_000
_SPANS = 500
_TURNS = 3
_SHOWN = """marks => new Set([...document.querySelectorAll('.lsf-htx-richtext .htx-highlight')].map(
  part => [...part.classList].find(name => /^htx-highlight-/.test(name)))).size === marks"""


def main() -> None:
    """Print the times of both interfaces."""
    scheme = conflict_scheme()
    document = long_article(scheme)
    size = len((document.text or "").encode())
    print(f"page     an article of {size / 1000:.0f} kB with {len(document.spans)} spans, shown after a click")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home", installed()) as studio:
        studio.up()
        path = Path(folder) / "article.jsonl"
        write_records(path, [document], scheme)
        pushed = studio.run("push", str(path), "--project", "goldspan's", "--json")
        assert pushed.returncode == 0, pushed.stderr
        project = int(json.loads(pushed.stdout)["project"]["id"])
        with studio_client(Connection(studio.url, studio.token)) as api:
            projects = {"a bare interface": bare_project(api, project, scheme), "goldspan's": project}
        with open_browser() as browser:
            page = browser.new_page()
            annotator = Annotator(page, studio, Path(folder))
            annotator.log_in()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            bare = 0.0
            for name, number in projects.items():
                url = f"{studio.url}/projects/{number}/data"
                seconds = median(opened(annotator, session, url, document) for _ in range(_TURNS))
                bare = bare or seconds
                print(f"         {name:18} {seconds:.2f} s ({seconds / bare:.1f})")


def long_article(scheme: Scheme) -> Document:
    """Return articles one after the other as a document, with some of what the rules suggest, evenly spread."""
    texts = [d.text or "" for name in ("heldout", "tuned") for d in read_records(_NEWS / f"{name}.jsonl", scheme)]
    text = "\n\n".join(texts)
    while len(text.encode()) < _BYTES:
        text += f"\n\n{text}"
    text = text.encode()[:_BYTES].decode("utf-8", "ignore")
    bare = Document(id="long", text=text, spans=(), layer=Layer(annotator="rules"))
    [spans] = load_extractor("rules", scheme).extract([bare])
    return msgspec.structs.replace(bare, spans=tuple(spans[:: -(-len(spans) // _SPANS)]))


def bare_project(api: StudioClient, project: int, scheme: Scheme) -> int:
    """Create a project with the task of another one, in an interface of labels and text, and return its number."""
    [task] = api.http.get("/api/tasks/", params={"project": project, "fields": "all"}).json()["tasks"]
    labels = "".join(f'<Label value="{name}"/>' for name in scheme.labels)
    config = f'<View><Labels name="{LABELS}" toName="text">{labels}</Labels><Text name="text" value="$text"/></View>'
    number = api.sdk.projects.create(title="a bare interface", label_config=config, show_collab_predictions=True).id
    predictions: list[dict[str, Any]] = [
        {"model_version": item["model_version"], "result": [row for row in item["result"] if row["type"] == "labels"]}
        for item in task["predictions"]
    ]
    body = [{"data": {"text": task["data"]["text"]}, "predictions": predictions}]
    api.http.post(f"/api/projects/{number}/import", json=body)
    api.sdk.projects.update(number, model_version=predictions[0]["model_version"])
    return int(number or 0)


def opened(annotator: Annotator, session: CDPSession, url: str, document: Document) -> float:
    """Open the task of a project, and return what the page does until all spans are shown and nothing is left to do."""
    page = annotator.page
    page.goto(url)
    button = page.locator("button:has-text('Label All Tasks')")
    button.wait_for()
    page.evaluate("() => new Promise(requestIdleCallback)")
    before = _work(session)
    button.click()
    page.wait_for_function(_SHOWN, arg=len(document.spans), timeout=60_000, polling=500)
    page.evaluate("() => new Promise(requestIdleCallback)")
    return _work(session) - before


def _work(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(item["value"] for item in metrics if item["name"] == "TaskDuration"))
