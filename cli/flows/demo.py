"""The loop on the seeds, step by step, each with a line that says what it does."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from ...annotate import annotate, load_extractor
from ...annotate.studio import Status, client, resolve, up
from ...annotate.studio.play import play
from ...corpus import build_documents, check_records, corpus_stats, diff_layers, read_records, write_records
from ...corpus.adjudicate import adjudicate
from ...corpus.decisions import read_decisions
from ...corpus.editions import edition
from ...corpus.sources import Reading, read_articles
from ...eval import agree, score
from ...eval.counts import MEASURES
from ...eval.report import score_page
from ...eval.scores import SystemScore
from ...schema import (
    DataError,
    Document,
    Extractor,
    Problem,
    RecordCodec,
    Scheme,
    SurroundingsError,
    conflict_scheme,
    layer_fingerprint,
)
from ..show import Refusals, cell, note, result, table, write_page
from .studio import pull_files, push_files

PROJECT = "goldspan demo"
"""Title of the demo's project."""

PULLED = "pulled.jsonl"


def run_demo(out: Path, *, studio: bool = True) -> None:
    """Builds, checks, stores, annotates, adjudicates and scores the seed corpus, and says where everything is.

    Args:
        out: Folder for what it makes.
        studio: Whether the articles also go through Label Studio and back.

    Raises:
        DataError: A step found something wrong, which is a fault of goldspan here.
        SurroundingsError: The folder cannot be written.
    """
    scheme = conflict_scheme()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SurroundingsError(f"{out}: {error.strerror}. Fix: name another folder with --out") from error
    records, table_file, gold_file = out / "corpus.jsonl", out / "corpus.parquet", out / "gold.jsonl"
    report = out / "report.html"

    note("1 build: five articles, their days of publication and zones, to records")
    with resources.as_file(resources.files("goldspan.seeds")) as seeds:
        articles = read_articles(str(seeds), Reading())
        built = build_documents(articles, scheme, refuse=Refusals(lenient=False), note=lambda p: note(f"note: {p}"))
        count = write_records(records, built, scheme)

    note("2 check: every rule of the format and of the scheme")
    problems: list[Problem] = []
    check_records(records, scheme, problems.append)
    if problems:
        raise DataError(problems)

    note("3 store: the same records as Parquet, read back and compared")
    documents = list(read_records(records, scheme))
    write_records(table_file, documents, scheme)
    if diff_layers(documents, read_records(table_file, scheme)):
        raise DataError(Problem("the records differ after a way through Parquet", path=str(table_file)))

    note("4 annotate: suggestions by rules, for people to correct")
    rules = load_extractor("rules", scheme)
    suggested = out / "suggestions.jsonl"
    write_records(suggested, _suggestions(documents, rules, scheme), scheme)

    note("5 adjudicate: the two passes over the articles, to the gold layer that is published with them")
    gold = _gold(scheme)
    write_records(gold_file, gold, scheme)

    note("6 agree and score: the passes against each other, and each and the suggestions against the gold")
    passes = _passes(scheme)
    agreement = agree(passes, scheme)
    systems = {**passes, rules.name: list(read_records(suggested, scheme))}
    scores = score(gold, *systems.values(), scheme=scheme, names=list(systems), resamples=200)
    write_page(report, score_page(scores, gold, list(systems.values()), scheme))

    if studio:
        note("7 Label Studio: suggestions pushed, the gold played in as an annotator's work, pulled back and compared")
        server = _through_studio(out, suggested, gold, scheme)

    stats = corpus_stats(documents, scheme)
    spans = {document.id: len(document.spans) for document in gold}
    rows = [(d.id, d.meta.published or "-", len((d.text or "").split()), len(d.zones), spans[d.id]) for d in documents]
    result(f"\n{scheme.title} ({scheme.ref}): {count} articles, {stats.words} words, 0 problems\n")
    table(rows, ("article", "published", "words", "zones", "gold spans"))
    result()
    figures = [
        (s.name, *(cell(s.spans[m]["micro"]["f1"]) for m in MEASURES), *_value_figures(s)) for s in scores.systems
    ]
    table(figures, ("F1 against the gold", *MEASURES, *(f"{label} values" for label in scheme.labels)))
    result(f"agreement of the passes: alpha-u {cell(agreement.alpha_u)}, kappa {cell(agreement.token_kappa)}")
    result("both readers were language models that had the same guidelines: see the gold's README")
    result(
        "the rules were written with these articles and their guidelines in sight: their scores say nothing of others"
    )
    files = {
        "records": records,
        "parquet": table_file,
        "suggestions": suggested,
        "gold": gold_file,
        "report": report,
    }
    if studio:
        files["pulled"] = out / PULLED
    result("\n" + "\n".join(f"{name:<12} {path}" for name, path in files.items()))
    if studio:
        result(f"\nLabel Studio {server.url}, user {server.username}; its password: goldspan studio status --password")
        result("to stop it: goldspan studio down")
    result(f"\nnext: goldspan score {gold_file} {suggested} --errors")
    result(f"      goldspan corpus stats {gold_file}; goldspan schema show; goldspan lookup 'Kataib Hezbollah'")


def _suggestions(documents: list[Document], extractor: Extractor, scheme: Scheme) -> Iterator[Document]:
    decode = RecordCodec(scheme).decode
    for outcome in annotate(documents, extractor, scheme):
        if outcome.problem is not None:
            raise DataError(outcome.problem)
        yield decode(outcome.line)


def _through_studio(out: Path, suggested: Path, gold: list[Document], scheme: Scheme) -> Status:
    """Pushes suggestions, plays the gold in, pulls it and compares; answers where the server is."""
    server, _ = up(tell=lambda what, _done, _total: note(f"  {what}"))
    with client(resolve()) as api:
        done = push_files(api, str(suggested), (), scheme, title=PROJECT)
        played = play(api, done.project, {document.id: document for document in gold}, scheme)
        pulled = pull_files(api, out / PULLED, scheme, title=PROJECT, annotator=api.whoami()["email"].partition("@")[0])
    again = {document.id: document for document in read_records(out / PULLED, scheme)}
    changed = [d.id for d in gold if d.id not in again or _facts(d) != _facts(again[d.id])]
    if played == len(gold) and (changed or pulled.problems):
        raise DataError(Problem("the gold changed on its way through Label Studio", path=str(out / PULLED)))
    note(f"  {done.told()}")
    if changed:
        note(f"  {len(changed)} articles were annotated otherwise by a person since, which is left alone")
    else:
        note(f"  {sum(len(document.spans) for document in gold)} spans came back equal")
    return server


def _facts(document: Document) -> list[tuple[object, ...]]:
    return [(span.start, span.end, span.label, span.value) for span in document.spans]


def _value_figures(scores: SystemScore) -> Iterator[str]:
    for figures in scores.values.values():
        yield cell(figures["value_f1"])


def _gold(scheme: Scheme) -> list[Document]:
    newest = edition()
    with resources.as_file(newest.folder) as folder:
        decisions = read_decisions(folder / "decisions.jsonl", scheme)
        found = adjudicate(_passes(scheme), scheme, decisions, name="gold", guidelines=newest.guidelines)
    if found.undecided or layer_fingerprint(found.documents) != newest.sha256:
        raise DataError(
            Problem(f"the passes do not give the gold of edition {newest.version}", path=str(newest.folder))
        )
    return found.documents


def _passes(scheme: Scheme) -> dict[str, list[Document]]:
    with resources.as_file(edition().folder) as folder:
        return {path.stem: list(read_records(path, scheme)) for path in sorted((folder / "passes").glob("*.jsonl"))}
