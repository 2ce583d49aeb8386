"""Work that must take time in proportion to its input, on inputs for which a careless way takes minutes to hours."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from goldspan.annotate import load_extractor
from goldspan.corpus import diff_layers
from goldspan.corpus.ingest.text_zones import find_zones
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.eval import agreement, score
from goldspan.eval.columns.span_columns import NO_VALUE, SpanColumns, sorted_columns
from goldspan.eval.matching.match_counts import count_matches
from goldspan.eval.report import score_page
from goldspan.schema import Document, Span, Zone, conflict_scheme

_LONG = [" " * 10**6, "A" * 10**6, "A " * 10**5, "(" * 10**5, "http://" * 10**5, "By A" * 10**5]
_LONG += ["T\nBy " + "A- " * 60 + "!\n", "A." * 50_000, "http://a.b/c " * 20_000]
_LINE = "Iran struck three bases near Kyiv on Friday, the US said.\n"


def main() -> None:
    """Print the time of each, and end with an error if one takes more than its limit."""
    late = []
    for name, (limit, work) in _CASES.items():
        seconds = work()
        print(f"growth   {name}: {seconds:.2f} s (at most {limit} s)")
        late += [name] if seconds > limit else []
    if late:
        sys.exit(f"too slow: {', '.join(late)}")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _zones() -> float:
    return max(_seconds(lambda text=text: find_zones(text)) for text in _LONG)  # type: ignore[misc]


def _layers() -> float:
    text = "word " * 100_000
    spans = tuple(Span(n * 5, n * 5 + 4, "ACTOR") for n in range(100_000))
    whole = Document(id="a", text=text, spans=(Span(0, 499_999, "DATE"), *spans))
    zones = tuple(Zone(n * 50, n * 50 + 4, "url") for n in range(10_000))
    zoned = Document(id="a", text=text, spans=spans, zones=zones)
    scheme = conflict_scheme()
    return max(_seconds(lambda: diff_layers([whole], [whole])), _seconds(lambda: check_document(zoned, scheme)))


def _folder() -> float:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for n in range(2000):
            (folder / f"{n}.txt").write_text("x")
        manifest = "".join(f'[[article]]\nfile = "{n}.txt"\n' for n in range(2000))
        (folder / "manifest.toml").write_text(manifest)
        goldspan = Path(sys.executable).with_name("goldspan")
        command: list[str | Path] = [goldspan, "corpus", "build", folder, "--out", folder / "out.jsonl"]
        return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _columns(rows: list[tuple[int, int, int, int]]) -> SpanColumns:
    document, start, end, label = np.array(rows, dtype=np.int64).T
    return sorted_columns(SpanColumns(document, start, end, label, np.full(len(rows), NO_VALUE)))


def _pairing() -> float:
    n = 50_000
    chain = _columns([(0, i * 4, i * 4 + 5, 0) for i in range(n)])
    shifted = _columns([(0, i * 4 + 2, i * 4 + 7, 0) for i in range(n)])
    nested = _columns([(0, i, 2 * n - i, 0) for i in range(n)])
    pairs = ((chain, shifted), (nested, chain))
    return _seconds(lambda: [count_matches(*pair, documents=1, labels=1) for pair in pairs])


def _agreement() -> float:
    text = "x" * 800_000
    passes = {
        name: [Document(id="a", text=text, spans=tuple(Span(i * 8 + k, i * 8 + 5, "ACTOR") for i in range(100_000)))]
        for k, name in enumerate("abc")
    }
    return _seconds(lambda: agreement(passes))


@contextmanager
def _report() -> Iterator[str]:
    """The address of a report of 20,000 documents, 58 million characters of text."""
    body = _LINE * 50
    places = range(0, len(body), len(_LINE) * 2)
    gold, system = [], []
    for number in range(20_000):
        shifted = tuple(Span(p, p + 4 + (i + number) % 3, "ACTOR") for i, p in enumerate(places))
        gold.append(Document(id=f"d{number:05}", text=body, spans=tuple(Span(p, p + 4, "ACTOR") for p in places)))
        system.append(Document(id=f"d{number:05}", text=body, spans=shifted))
    scheme = conflict_scheme()
    page = score_page(score(gold, system, scheme=scheme, resamples=0), gold, [system], scheme)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        with path.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(page.html())
        yield path.as_uri()


def _opening() -> float:
    from tests.browser import open_browser

    with _report() as address, open_browser() as browser:
        page = browser.new_page()

        def opens() -> None:
            page.goto(address, wait_until="commit")  # the text is shown before the whole page is read
            page.locator("#text .row").first.wait_for()

        def finds() -> None:
            page.keyboard.press("j")
            page.locator("#sort").select_option("score")
            page.locator("#find").fill("d19999")
            page.locator("#text .row").first.wait_for()
            assert page.locator("#name").inner_text() == "d19999"

        return max(_seconds(opens), _seconds(finds))


def _rules() -> float:
    text = ("so it went on and on with nothing to tell; " * 20 + "Iran struck Kyiv.\n") * 11_500
    extractor = load_extractor("rules", conflict_scheme())
    found: list[Span] = []
    seconds = _seconds(lambda: found.extend(extractor.extract([Document(id="a", text=text, spans=())])[0]))
    assert len(found) == 2 * 11_500
    return seconds


_CASES: dict[str, tuple[int, Callable[[], float]]] = {
    "zones of texts of a megabyte": (10, _zones),
    "differences and checks of 100,000 spans": (20, _layers),
    "a folder of 2,000 articles with a manifest": (20, _folder),
    "ten megabytes of text for the rules": (60, _rules),
    "pairs of 50,000 nested and chained spans": (20, _pairing),
    "agreement of three passes with 100,000 spans each in a document": (30, _agreement),
    "a report of 20,000 documents in a browser": (3, _opening),
}
