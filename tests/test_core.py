"""goldspan without any of its extras: what works, and that the rest is refused before anything is done."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.schema.extras import EXTRAS
from tests.command import command_tree
from tests.conftest import SEEDS, record, span, write_lines
from tests.without_extras import ROOT, outcomes

EDITION = ROOT / "corpus" / "gold" / "1.0.1"
GOLD = EDITION / "gold.jsonl"
PASSES = sorted((EDITION / "passes").glob("*.jsonl"))
SCHEME = ROOT / "schema" / "data" / "conflict.toml"

A, B = "a.jsonl", "b.jsonl"
PILOT = [f"pilot-{name}.jsonl" for name in "abc"]
ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two small layers over the same texts, and files that need an extra by their names."""
    made = tmp_path / "work"
    made.mkdir()
    monkeypatch.setenv("GOLDSPAN_HOME", str(made / "home"))
    texts = {"a": "Iran struck three bases in Syria.", "b": "Iran left Iraq."}
    for name, ends in ((A, (4, 4)), (B, (4, 9))):
        layer = {"annotator": name[0], "scheme": "conflict-news@1"}
        write_lines(
            made / name,
            *(
                record(id, text, spans=[span(0, end, "ACTOR", {"kind": "state", "id": "IRN"})], layer=layer)
                for (id, text), end in zip(texts.items(), ends, strict=True)
            ),
        )
    for place, name in enumerate("abcd"):
        spans = [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})]
        each = [
            record(f"d{n}", texts["a"], spans=spans[: n % (place + 2)], layer={"annotator": name}) for n in range(12)
        ]
        write_lines(made / f"pilot-{name}.jsonl", *each)
    (made / "echo.py").write_text(ECHO)
    for name in ("x.parquet", "x.jsonl.zst", "x.spacy", "x.xlsx"):
        (made / name).write_bytes(b"x")
    (made / "hf" / "spans").mkdir(parents=True)
    (made / "hf" / "spans" / "train.parquet").write_bytes(b"x")
    (made / "news.csv").write_text("id,text\na,Iran struck.\n")
    changed = SCHEME.read_text("utf-8").replace("version = 1", "version = 2").replace("labels.ACTOR", "labels.AGENT")
    (made / "scheme.toml").write_text(changed)
    (made / "migration.toml").write_text('[labels]\nACTOR = "AGENT"\n')
    (made / "height.toml").write_text(
        'name = "height"\nversion = 1\n[labels.HEIGHT]\ndefinition = "A height."\n'
        '[labels.HEIGHT.fields]\nheight = { type = "number", unit = "UCUM" }\n'
    )
    muc = {"docid": "a", "doctext": "the army", "extracts": {"PerpOrg": [[["the army", 0]]]}}
    write_lines(made / "muc.json", muc)
    high = [span(0, 3, "HEIGHT", {"height": 1.5, "height_unit": "m"})]
    write_lines(made / "height.jsonl", record("a", "1.5 m", spans=high))
    return made


PROGRAM = f"command:{shlex.join([sys.executable, 'echo.py'])},fill=false"

WORKS: dict[str, list[str]] = {
    "help": ["--help"],
    "version": ["--version"],
    "build from texts": ["corpus", "build", str(SEEDS), "--out", "seeds.jsonl"],
    "build from a table": ["corpus", "build", "news.csv", "--out", "news.jsonl.gz"],
    "check": ["corpus", "check", A],
    "check suspicious": ["corpus", "check", "seeds.jsonl", "--suspicious"],
    "check privacy": ["corpus", "check", "seeds.jsonl", "--privacy"],
    "who is who": ["corpus", "names"],
    "stats": ["corpus", "stats", "news.jsonl.gz"],
    "diff": ["corpus", "diff", A, A],
    "cut into shards": ["corpus", "shard", A, "--out", "cut", "--documents", "1"],
    "put together": ["corpus", "merge", "cut", "--out", "whole.jsonl"],
    "a new project": ["init", "disaster", "--example"],
    "withdraw": ["withdraw", "a", "--reason", "asked", "--dry-run"],
    "show the scheme": ["schema", "show"],
    "check a scheme": ["schema", "check", str(SCHEME)],
    "compare schemes": ["schema", "diff", str(SCHEME), str(SCHEME)],
    "a sample": ["corpus", "sample", A, "--n", "1", "--by", "month", "--out", "sample.jsonl"],
    "a filter": ["corpus", "filter", A, "--where", "ACTOR.id=IRN", "--out", "iran.jsonl"],
    "other names": ["corpus", "rename", A, "--prefix", "x", "--map", "map.csv", "--out", "renamed.jsonl"],
    "contexts": ["corpus", "concordance", A, "Iran", "--out", "contexts.csv"],
    "estimate": ["estimate", "documents(ACTOR)", "--gold", A, "--predictions", A, "--out", "e.csv"],
    "scores of a pilot": ["score", *PILOT, "--out", "pilot.json"],
    "a plan of a score": ["power", "score", "pilot.json", "--system", "b", "--width", "0.1"],
    "a plan of a comparison": ["power", "compare", "pilot.json", "--difference", "0.1"],
    "a plan of agreement": ["power", "agree", *PILOT, "--width", "0.1"],
    "a plan of an estimate": ["power", "estimate", "spans(ACTOR)", "--gold", PILOT[0], "--predictions", PILOT[1]],
    "a curve of reading": ["power", "reading", "--gold", PILOT[0], "--predictions", PILOT[1], "--order", "novelty"],
    "a plan of readings": [
        "power",
        "split",
        "spans(ACTOR)",
        "--gold",
        PILOT[0],
        "--first",
        PILOT[1],
        "--readings",
        "60",
    ],
    "may a model read": ["agree", *PILOT, "--model", "pilot-d.jsonl"],
    "probe": ["probe", PROGRAM, A],
    "terms": ["corpus", "terms", A, "--out", "terms.csv"],
    "a draft of a map": ["schema", "migrate", str(SCHEME), "scheme.toml", "--draft"],
    "migrate": [
        "schema",
        "migrate",
        str(SCHEME),
        "scheme.toml",
        A,
        "--map",
        "migration.toml",
        "--out",
        "migrated.jsonl",
    ],
    "schema of records": ["schema", "json-schema"],
    "labeling config": ["schema", "studio-config"],
    "lookup": ["lookup", "Kyiv"],
    "doctor": ["doctor"],
    "extractors": ["extractors"],
    "annotate": ["annotate", "news.jsonl.gz", "--extractor", PROGRAM, "--out", "echoed.jsonl"],
    "bench": ["bench", A, "--extractor", PROGRAM],
    "the field's open gold": ["gold", "list", "--folder", "sets"],
    "a set of it": ["gold", "get", "muc-4", "--from", "muc.json", "--folder", "sets"],
    "bench of a suite": ["bench", "--suite", "conflict", "--folder", "sets", "--extractor", PROGRAM],
    "adjudicate": ["adjudicate", *map(str, PASSES), "--out", "gold.jsonl"],
    "score": ["score", A, B, "--errors", "--out", "scores.json"],
    "scores made again": ["score", "--replay", "scores.json"],
    "scores compared": ["comparable", "scores.json", "scores.json"],
    "score as a table of a paper": ["score", A, B, "--format", "latex"],
    "leaderboard": ["leaderboard", "scores.json", "--format", "markdown"],
    "agree": ["agree", A, B],
    "export jsonl": ["export", A, "--to", "jsonl", "--out", "jsonl"],
    "export standoff": ["export", A, "--to", "standoff", "--out", "standoff"],
    "export brat": ["export", A, "--to", "brat", "--out", "brat"],
    "export studio": ["export", A, "--to", "studio", "--out", "studio"],
    "convert brat": ["convert", "brat", "--from", "brat", "--out", "from-brat.jsonl"],
    "convert studio": ["convert", "studio", "--from", "studio", "--out", "from-studio.jsonl"],
    "logs": ["studio", "logs"],
    "down": ["studio", "down"],
    "status": ["studio", "status"],
    "a compose file": ["studio", "compose", "--out", "server"],
    "report on passes": ["studio", "report", A, B],
}
"""Commands that need no extra, in an order in which each finds its input."""

REFUSED: dict[str, tuple[list[str], str]] = {
    "the rules": (["annotate", A, "--extractor", "rules", "--out", "out.jsonl"], "rules"),
    "a spaCy pipeline": (["annotate", A, "--extractor", "spacy:x", "--out", "out.jsonl"], "rules"),
    "a unit of UCUM": (["corpus", "check", "height.jsonl", "--scheme", "height.toml"], "units"),
    "patterns": (["annotate", A, "--extractor", "patterns:x.toml", "--out", "out.jsonl"], "patterns"),
    "a model": (["annotate", A, "--extractor", "transformers:x", "--out", "out.jsonl"], "transformers"),
    "values by rules": (["annotate", A, "--extractor", "command:cat", "--out", "out.jsonl"], "rules"),
    "an address": (["corpus", "stats", "s3://news/in"], "cloud"),
    "to PostgreSQL": (["studio", "move", "--to", "postgres"], "postgres"),
    "a backup of the server": (["studio", "backup", "--out", "backup"], "studio"),
    "a server of a backup": (["studio", "restore", "nowhere"], "studio"),
    "an upgrade of the server": (["studio", "upgrade"], "studio"),
    "a cluster": (["annotate", A, "--extractor", PROGRAM, "--out", "out.jsonl", "--engine", "dask"], "dask"),
    "annotate to Parquet": (["annotate", A, "--extractor", PROGRAM, "--out", "out.parquet"], "parquet"),
    "build to Parquet": (["corpus", "build", "news.csv", "--out", "out.parquet"], "parquet"),
    "build from Parquet": (["corpus", "build", "x.parquet", "--out", "out.jsonl"], "parquet"),
    "build from a spreadsheet": (["corpus", "build", "x.xlsx", "--out", "out.jsonl"], "office"),
    "build compressed": (["corpus", "build", "news.csv", "--out", "out.jsonl.zst"], "parquet"),
    "a filter by the split": (["corpus", "filter", A, "--where", "split=test", "--out", "out.jsonl"], "duplicates"),
    "a filter by an expression": (["corpus", "filter", A, "--where", "text~/x/", "--out", "out.jsonl"], "patterns"),
    "contexts of an expression": (["corpus", "concordance", A, "Ir.n", "--regex"], "patterns"),
    "a page of contexts": (["corpus", "concordance", A, "Iran", "--html", "out.html"], "report"),
    "a sample of Parquet": (["corpus", "sample", "x.parquet", "--n", "1", "--out", "out.jsonl"], "parquet"),
    "migrate Parquet": (
        ["schema", "migrate", str(SCHEME), "scheme.toml", "x.parquet", "--out", "out.jsonl"],
        "parquet",
    ),
    "near-duplicates": (["corpus", "check", A, "--near"], "duplicates"),
    "check Parquet": (["corpus", "check", "x.parquet"], "parquet"),
    "stats of Parquet": (["corpus", "stats", "x.parquet"], "parquet"),
    "compare compressed": (["corpus", "diff", A, "x.jsonl.zst"], "parquet"),
    "score Parquet": (["score", A, "x.parquet"], "parquet"),
    "score a pipeline's docs": (["score", A, "x.spacy"], "rules"),
    "score a dataset": (["score", A, "hf"], "hub"),
    "a limit for tokens": (["score", A, B, "--fail-under", "tokens.micro.f1=0.5"], "rules,tokens"),
    "token metrics": (["score", A, B, "--tokens"], "rules,tokens"),
    "CEAF of clusters": (["score", A, B, "--measures", "clusters"], "clusters"),
    "a report on scores": (["score", A, B, "--html", "out.html"], "report"),
    "a plot of estimates": (
        ["estimate", "documents(ACTOR)", "--gold", A, "--predictions", A, "--plot", "e.png"],
        "report",
    ),
    "a curve of a plan": (["power", "score", "pilot.json", "--plot", "p.png"], "report"),
    "a picture of reading": (
        ["power", "reading", "--gold", PILOT[0], "--predictions", PILOT[1], "--order", "novelty", "--plot", "p.png"],
        "report",
    ),
    "a plan of agreement over tokens": (["power", "agree", *PILOT, "--figure", "token_alpha"], "rules"),
    "a report on agreement": (["agree", A, B, "--html", "out.html"], "report"),
    "gamma": (["agree", A, B, "--gamma"], "gamma"),
    "a report on extractors": (["bench", A, "--extractor", PROGRAM, "--html", "out.html"], "report"),
    "a leaderboard's page": (["leaderboard", "scores.json", "--html", "site"], "report"),
    "adjudicate to Parquet": (["adjudicate", A, B, "--out", "out.parquet", "--conflicts", "c.jsonl"], "parquet"),
    "export to Parquet": (["export", A, "--to", "parquet", "--out", "out"], "parquet"),
    "export to spaCy": (["export", A, "--to", "spacy", "--out", "out"], "rules"),
    "export to CoNLL": (["export", A, "--to", "conll", "--out", "out"], "rules"),
    "export to INCEpTION": (["export", A, "--to", "xmi", "--out", "out"], "cas"),
    "export a dataset": (["export", A, "--to", "hf", "--out", "out"], "all"),
    "convert docs": (["convert", "x.spacy", "--out", "out.jsonl"], "rules"),
    "convert a dataset": (["convert", "hf", "--from", "hf", "--out", "out.jsonl"], "hub"),
    "train": (["train", A, "--out", "out"], "rules"),
    "demo": (["demo", "--out", "out"], "all"),
    "demo without a server": (["demo", "--no-studio", "--out", "out"], "all"),
    "studio up": (["studio", "up"], "studio"),
    "studio push": (["studio", "push", A], "studio"),
    "studio push into a project with the name of a file": (["studio", "push", A, "--project", "all.zst"], "studio"),
    "studio push by a plan": (["studio", "push", A, "--annotators", "ann,bob"], "studio"),
    "studio pull": (["studio", "pull", "--out", "out"], "studio"),
    "studio report": (["studio", "report"], "studio"),
    "a report on progress": (["studio", "report", A, "--html", "out.html"], "report"),
    "studio reassign": (["studio", "reassign", "--from", "ann"], "studio"),
    "studio migrate": (["studio", "migrate", str(SCHEME), "scheme.toml", "--map", "map.toml"], "studio"),
    "studio invite": (["studio", "invite", "--url", "http://127.0.0.1:9"], "studio"),
    "studio backend": (["studio", "backend", "--extractor", PROGRAM], "backend,studio"),
}
"""Calls that need extras, with the names of those that the message must give."""

EXPRESSIONS: dict[str, tuple[str, str]] = {
    "to_arrow": ("corpus.to_arrow()", "parquet"),
    "to_pandas": ("corpus.to_pandas('spans')", "pandas"),
    "to_polars": ("corpus.to_polars()", "polars"),
    "to_datasets": ("corpus.to_datasets()", "hub"),
    "to_spacy": ("corpus.to_spacy()", "rules"),
    "save": ("corpus.save('out.parquet')", "parquet"),
    "load": ("goldspan.load('x.parquet')", "parquet"),
    "scores": ("scores.to_pandas()", "pandas"),
    "model card": ("scores.to_model_index(model='m', dataset='d')", "hub"),
    "agreement": ("goldspan.agreement({'a': corpus, 'b': corpus}).to_pandas()", "pandas"),
    "splits": ("corpus.folds()", "duplicates"),
    "suggest": ("goldspan.suggest(corpus, 'rules')", "rules"),
    "export": ("goldspan.export(corpus, 'out', 'hf')", "all"),
    "push": ("goldspan.push(corpus)", "studio"),
    "push_team": ("goldspan.workflows.push_team(corpus, ['ann'])", "studio"),
    "pull": ("goldspan.pull()", "studio"),
    "studio_report": ("goldspan.workflows.studio_report()", "studio"),
    "up": ("goldspan.annotate.label_studio.up()", "studio"),
    "page": ("goldspan.eval.report.score_page(scores, corpus, [corpus], corpus.scheme)", "report"),
}
"""Python that needs extras, likewise."""

SETUP = """
import goldspan
import goldspan.annotate.label_studio
import goldspan.eval.report
corpus = goldspan.load('a.jsonl')
scores = goldspan.score(corpus, [{'id': d.id, 'text': d.text, 'spans': []} for d in corpus])
"""


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if not (below := getattr(command, "commands", None)):
        yield path
    for name, part in (below or {}).items():
        yield from commands(part, (*path, name))


def test_every_command_and_every_extra_is_tried_without_the_extras() -> None:
    calls = [*WORKS.values(), *(call for call, _ in REFUSED.values())]
    tried = {tuple(call[:length]) for call in calls for length in (1, 2)}
    assert set(commands(command_tree())) <= tried
    named = {name for _, extras in [*REFUSED.values(), *EXPRESSIONS.values()] for name in extras.split(",")}
    assert named >= EXTRAS.keys() - {"keyring"}  # without which a token comes from the environment


def test_what_needs_no_extra_works_without(folder: Path) -> None:
    ended = outcomes({**WORKS, "agree as data": ["agree", A, B, "--json"], "score as data": ["score", A, B, "--json"]}, folder)  # fmt: skip
    status = ended.pop("status")
    assert (status.status, status.out.splitlines()[0]) == (3, "not running. To start: goldspan studio up")
    assert {name: outcome.err for name, outcome in ended.items() if outcome.status} == {}
    fix = "Fix: pip install 'goldspan[rules]'"
    assert ["alpha over tokens", "-", "-"] in [re.split("  +", line) for line in ended["agree"].out.splitlines()]
    agreement = json.loads(ended["agree as data"].out)
    assert [agreement[f"token_{name}"] for name in ("alpha", "kappa", "ac1")] == [None] * 3
    assert [note for note in agreement["notes"] if fix in note] == [f"token_alpha, token_kappa and token_ac1 are null: tokenizing texts needs spacy, which is not installed. {fix}"]  # fmt: skip
    assert agreement["alpha_u"] is not None and agreement["pairwise"][0]["strict_f1"] == 0.5
    assert "\nstrict " in ended["score"].out and "\ntokens " not in ended["score"].out
    assert "tokens" not in json.loads(ended["score as data"].out)["systems"][0]
    assert "rules for conflict news" in ended["extractors"].out and fix in ended["extractors"].out


def test_what_needs_an_extra_is_refused_before_anything_is_done(folder: Path) -> None:
    calls: dict[str, Any] = {name: call for name, (call, _) in REFUSED.items()}
    ended = outcomes(calls | {name: SETUP + code for name, (code, _) in EXPRESSIONS.items()}, folder)
    for name, (_, extras) in [*REFUSED.items(), *EXPRESSIONS.items()]:
        outcome = ended[name]
        assert (outcome.status, outcome.made, outcome.out) == (3 if name in REFUSED else "DependencyError", [], ""), (name, outcome)  # fmt: skip
        assert outcome.err.removesuffix("\n").endswith(f"not installed. Fix: pip install 'goldspan[{extras}]'"), (name, outcome)  # fmt: skip
        assert ".part" not in outcome.err  # nothing was begun
        assert outcome.err.count("\n") == (name in REFUSED), (name, outcome)
