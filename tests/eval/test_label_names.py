"""Labels of any name in scores: chosen on the command line, in paths of metrics, and in reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from goldspan.cli.options import comma_separated
from goldspan.corpus import write_records
from goldspan.eval import agreement
from goldspan.eval.metric_types.metric_groups import find_interval, find_metric
from goldspan.schema import Document, UsageError
from goldspan.schema.files.scheme_writer import scheme_toml

from ..command import run_here
from ..odd_labels import NAMES, SCHEME, scheme_of

LISTS: dict[str, list[str] | None] = {
    "": [],
    "A": ["A"],
    "A, B ,C": ["A", "B", "C"],
    "GEO/Political entity,B": ["GEO/Political entity", "B"],
    '"A, B",C': ["A, B", "C"],
    'C, "A, B"': ["C", "A, B"],
    '"say ""it""",B': ['say "it"', "B"],
    'say "it",B': ['say "it"', "B"],
    "A,,B": None,
    "A,A": None,
    ",": None,
    '"A': None,
    '"A"B,C': None,
    "A\nB": None,
}


@pytest.mark.parametrize("text", LISTS)
def test_lists_of_names_are_those_of_csv(text: str) -> None:
    names = LISTS[text]
    if names is not None:
        assert comma_separated("--labels", text) == names
    else:
        with pytest.raises(UsageError, match="Fix: names separated by commas"):
            comma_separated("--labels", text)


def test_a_path_leads_through_names_with_dots() -> None:
    group = {"labels": {"A": {"f1": 1.0}, "A.b": {"f1": 2.0}, "A.b.c d.": {"f1": 3.0, "e": {"f1": 4.0}}}}
    paths = {"labels.A.f1": 1.0, "labels.A.b.f1": 2.0, "labels.A.b.c d..f1": 3.0, "labels.A.b.c d..e.f1": 4.0}
    assert {path: find_metric(group, path) for path in paths} == paths
    for path, said in {
        "labels.A.c.f1": "unknown metric 'labels.A.c.f1'",
        "labels.A.b": "it is a group of f1",
        "labels.A.f1.x": "there is nothing below 'labels.A.f1'",
        "labels": "it is a group of A, A.b, A.b.c d.",
        "": "unknown metric ''",
    }.items():
        with pytest.raises(UsageError, match=said.replace(".", r"\.")):
            find_metric(group, path)
        assert find_interval(group, path) is None


def test_a_score_of_any_names_is_told_and_held_to_limits(tmp_path: Path) -> None:
    text = "x " * len(NAMES)
    spans = tuple(SCHEME.span(n * 2, n * 2 + 1, name, kind="plain") for n, name in enumerate(NAMES))
    write_records(tmp_path / "gold.jsonl", [Document(id="a", text=text, spans=spans)], SCHEME)
    write_records(tmp_path / "system.jsonl", [Document(id="a", text=text, spans=spans[::2])], SCHEME)
    (tmp_path / "scheme.toml").write_text(scheme_toml(SCHEME), "utf-8")
    call = ["score", "gold.jsonl", "system.jsonl", "--scheme", "scheme.toml", "--resamples", "0", "--json"]
    limits = [f"spans.strict.labels.{name}.f1={1.0 if n % 2 == 0 else 0.0}" for n, name in enumerate(NAMES)]
    done = run_here(
        *call, "--html", "page.html", *(word for each in limits for word in ("--fail-under", each)), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    labels = json.loads(done.stdout)["systems"][0]["spans"]["strict"]["labels"]
    assert {name: found["matched"] for name, found in labels.items()} == {
        name: 1 - n % 2 for n, name in enumerate(NAMES)
    }
    page = (tmp_path / "page.html").read_text("utf-8")
    assert (
        "<b>&amp;</b>" not in page.replace("&lt;b&gt;&amp;amp;&lt;/b&gt;", "")
        and "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page
    )
    few = run_here(*call, "--labels", '"A, B",GEO/Political entity,a.b:c[d]{e}', cwd=tmp_path)
    chosen = json.loads(few.stdout)["systems"][0]["spans"]["strict"]["labels"]
    assert list(chosen) == ["A, B", "GEO/Political entity", "a.b:c[d]{e}"]


@pytest.mark.parametrize(
    ("names", "column"), [(("A", "A_low"), "f1_A_low"), (("B", "low"), "alpha_u_low"), (("C_high", "C"), "f1_C_high")]
)
def test_no_figure_takes_the_column_of_another(names: Sequence[str], column: str) -> None:
    scheme = scheme_of(names, 1)
    documents = [Document(id="a", text="x x", spans=(scheme.span(0, 1, names[0]), scheme.span(2, 3, names[1])))]
    found = agreement({"ada": documents, "ben": documents}, scheme)
    with pytest.raises(UsageError, match=f"the column {column}, .* Fix: "):
        found.to_pandas()
    assert found.pairwise[0].labels[names[1]] == 1
