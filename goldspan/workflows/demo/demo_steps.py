"""The steps of the demo: each reads and writes files of one folder and passes on what later steps need."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from ...annotate import load_extractor, suggest
from ...annotate.label_studio import ServerStatus, resolve_connection, studio_client, up
from ...annotate.label_studio.sync.submit_annotations import submit_annotations
from ...corpus import build_documents, check_records, diff_layers, read_records, write_records
from ...corpus.adjudication.decisions import read_decisions
from ...corpus.adjudication.resolution import resolve_passes
from ...corpus.formats import export_documents
from ...corpus.formats.huggingface.hub_format import HubFormat
from ...corpus.ingest.articles import SourceOptions
from ...corpus.ingest.sources import read_articles
from ...corpus.release.editions import edition
from ...corpus.spans.span_keys import SpanKey, span_key
from ...corpus.storage.file_io import open_writer
from ...eval import Agreement, Scores, agreement
from ...eval.report import score_page
from ...eval.scoring import score_documents
from ...schema import DataError, Document, Layer, Problem, Scheme, layer_fingerprint, pluralize
from ...schema.names.settlements import settlement_edition
from ...schema.progress import Progress
from ..cross_validation import predict_held_out
from ..dataset_metadata import release_authorship, release_metadata
from ..pages.report_file import write_report
from ..studio.pull_project import pull_files
from ..studio.push_project import push_files
from .artifact_cache import ArtifactCache, code_sha256, file_sha256, versions
from .dataset_loading import LoadedDataset, load_in_clean_environment

PROJECT = "goldspan demo"
"""Title of the demo's Label Studio project."""

TRAINED = "trained"
"""Name of the layer that the trained pipelines predict."""

FOLDS, EPOCHS, SEED = 5, 20, 0
"""Each of the five articles is held out once; fewer epochs than the default of `goldspan train`, to keep it short."""


@dataclass
class DemoContext:
    """The demo's folder, and what its steps have made so far.

    Attributes:
        out: The folder.
        scheme: The scheme of conflict news.
        cache: The files that are costly to make.
        log: Takes a line about the current step.
        progress: Takes the progress of a long step.
        documents: The articles as records.
        gold: The adjudicated layer.
        passes: The passes behind the gold, by annotator.
        systems: What is scored, by name.
        agreement: Agreement of the passes.
        scores: Scores of the systems.
        dataset: What `load_dataset` loaded.
        server: The Label Studio server; None if the demo runs without it.
        project_url: Address of the project there.
    """

    out: Path
    scheme: Scheme
    cache: ArtifactCache
    log: Callable[[str], None]
    progress: Progress
    documents: list[Document] = field(default_factory=list)
    gold: list[Document] = field(default_factory=list)
    passes: dict[str, list[Document]] = field(default_factory=dict)
    systems: dict[str, list[Document]] = field(default_factory=dict)
    agreement: Agreement = field(init=False)
    scores: Scores = field(init=False)
    dataset: LoadedDataset = field(init=False)
    server: ServerStatus | None = None
    project_url: str = ""

    def path(self, name: str) -> Path:
        """Return the path of a file in the folder."""
        return self.out / name


def build_corpus(demo: DemoContext) -> str:
    """Build records from the articles, and read them back from JSONL and Parquet."""
    records, parquet = demo.path("corpus.jsonl"), demo.path("corpus.parquet")
    with resources.as_file(resources.files("goldspan.seeds")) as seeds:
        articles = read_articles(str(seeds), SourceOptions())
        built = build_documents(articles, demo.scheme, report=_raise, note=lambda problem: demo.log(str(problem)))
        write_records(records, built, demo.scheme)
    problems: list[Problem] = []
    check_records(records, demo.scheme, problems.append)
    if problems:
        raise DataError(problems)
    demo.documents = list(read_records(records, demo.scheme))
    write_records(parquet, demo.documents, demo.scheme)
    if diff_layers(demo.documents, read_records(parquet, demo.scheme)):
        raise DataError(Problem("the records changed when stored as Parquet", path=str(parquet)))
    return f"{pluralize(len(demo.documents), 'record')}, 0 problems"


def suggest_spans(demo: DemoContext) -> str:
    """Suggest spans with the rules."""
    rules = load_extractor("rules", demo.scheme)
    path = demo.path("rules.jsonl")
    write_records(path, suggest(demo.documents, rules, scheme=demo.scheme, tally=Counter()), demo.scheme)
    demo.systems[rules.name] = list(read_records(path, demo.scheme))
    return f"{_count_spans(demo.systems[rules.name])} spans suggested"


def adjudicate_passes(demo: DemoContext) -> str:
    """Adjudicate the passes of the newest edition to its gold."""
    newest = edition()
    with resources.as_file(newest.folder) as folder:
        files = sorted((folder / "passes").glob("*.jsonl"))
        demo.passes = {path.stem: list(read_records(path, demo.scheme)) for path in files}
        decisions = read_decisions(folder / "decisions.jsonl", demo.scheme)
    demo.path("passes").mkdir(exist_ok=True)
    for name, layer in demo.passes.items():
        write_records(demo.path(f"passes/{name}.jsonl"), layer, demo.scheme)
    result = resolve_passes(demo.passes, demo.scheme, decisions, name="gold", guidelines=newest.guidelines)
    if result.undecided or layer_fingerprint(result.documents) != newest.sha256:
        raise DataError(
            Problem(f"the passes do not yield the gold of edition {newest.version}", path=str(newest.folder))
        )
    demo.gold = result.documents
    write_records(demo.path("gold.jsonl"), demo.gold, demo.scheme)
    return f"{_count_spans(demo.gold)} gold spans, edition {newest.version}"


def annotate_in_studio(demo: DemoContext) -> str:
    """Push the suggestions to Label Studio, submit the gold there as an annotator, pull it back and compare."""
    demo.server, _ = up(progress=demo.progress)
    pulled_file = demo.path("pulled.jsonl")
    with studio_client(resolve_connection()) as api:
        push = push_files(api, str(demo.path("rules.jsonl")), (), demo.scheme, title=PROJECT)
        demo.project_url = push.project.url
        demo.log(push.summary())
        submitted = submit_annotations(
            api, push.project, {document.id: document for document in demo.gold}, demo.scheme
        )
        account = api.whoami()["email"].partition("@")[0]
        pull = pull_files(api, pulled_file, demo.scheme, title=PROJECT, annotator=account)
    pulled = {document.id: document for document in read_records(pulled_file, demo.scheme)}
    changed = [d.id for d in demo.gold if d.id not in pulled or _span_keys(d) != _span_keys(pulled[d.id])]
    if submitted == len(demo.gold) and (changed or pull.problems):
        raise DataError(Problem("the gold changed on its way through Label Studio", path=str(pulled_file)))
    if changed:
        return f"{pluralize(len(changed), 'article')} annotated differently by a person since, and left alone"
    return f"{_count_spans(demo.gold)} spans came back unchanged"


def measure_agreement(demo: DemoContext) -> str:
    """Measure the agreement of the passes."""
    demo.agreement = agreement(demo.passes, demo.scheme)
    _write_json(demo.path("agreement.json"), demo.agreement.to_dict())
    return f"{len(demo.passes)} passes over {demo.agreement.documents} articles compared"


def train_pipelines(demo: DemoContext) -> str:
    """Predict each article with a pipeline trained on the others; reuse an earlier result if nothing has changed."""
    name = f"{TRAINED}.jsonl"
    path = demo.path(name)
    inputs = {
        "gold.jsonl": file_sha256(demo.path("gold.jsonl")),
        "scheme": demo.scheme.fingerprint,
        "training": f"folds {FOLDS}, epochs {EPOCHS}, seed {SEED}",
        "code": code_sha256("goldspan.annotate", "goldspan.schema", "goldspan.workflows"),
        "python": f"{platform.python_version()} {platform.machine()}",
        "gazetteer": settlement_edition(),
        **versions("spacy", "thinc", "numpy"),
    }
    reused = demo.cache.holds(name, inputs)
    if not reused:
        write_records(path, _predictions(demo), demo.scheme)
        demo.cache.note(name, inputs)
    demo.systems[TRAINED] = list(read_records(path, demo.scheme))
    return f"{_count_spans(demo.systems[TRAINED])} spans predicted{', reused from an earlier run' * reused}"


def score_systems(demo: DemoContext) -> str:
    """Score the systems and write the report, as `goldspan score` does for the same files."""
    gold = str(demo.path("gold.jsonl"))
    names, systems = list(demo.systems), list(demo.systems.values())
    demo.scores = score_documents(demo.gold, systems, demo.scheme, names=names, path=gold)
    _write_json(demo.path("scores.json"), demo.scores.to_dict())
    report = demo.path("report.html")
    write_report(report, score_page(demo.scores, demo.gold, systems, demo.scheme))
    return f"{len(names)} systems scored, report: {report}"


def export_dataset(demo: DemoContext) -> str:
    """Export the gold with its passes, their agreement and what its authors state."""
    with resources.as_file(resources.files("goldspan.corpus.gold").joinpath("about.toml")) as about:
        release = release_metadata(release_authorship(about), demo.passes, demo.scheme)
    count, loss = export_documents(demo.gold, HubFormat(release), demo.path("dataset"), demo.scheme, overwrite=True)
    for line in loss.summary():
        demo.log(f"not in the dataset: {line}")
    return f"{count} documents with {len(demo.passes)} passes, card and checksums"


def load_exported_dataset(demo: DemoContext) -> str:
    """Load the dataset in a clean environment and compare it with the gold."""
    demo.dataset = load_in_clean_environment(demo.path("dataset"), demo.gold)
    return f"{', '.join(demo.dataset.rows)} load; {demo.dataset.spans} spans equal to the gold"


def _raise(problem: Problem) -> NoReturn:
    raise DataError(problem)


def _predictions(demo: DemoContext) -> list[Document]:
    from msgspec.structs import replace

    layer = Layer(
        annotator=TRAINED,
        scheme=demo.scheme.ref,
        scheme_sha256=demo.scheme.fingerprint,
        extra={"folds": FOLDS, "epochs": EPOCHS, "seed": SEED},
    )
    predicted = predict_held_out(demo.gold, demo.scheme, FOLDS, seed=SEED, epochs=EPOCHS, progress=demo.progress)
    return sorted((replace(document, layer=layer) for document in predicted), key=lambda document: document.id)


def _span_keys(document: Document) -> list[SpanKey]:
    return list(map(span_key, document.spans))


def _count_spans(documents: list[Document]) -> int:
    return sum(len(document.spans) for document in documents)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    with open_writer(str(path)) as stream:
        stream.write((json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
