"""No format, report or page names an annotator unless that is said."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from goldspan.corpus import read_records
from goldspan.corpus.adjudication.resolution import resolve_passes
from goldspan.corpus.formats.format_registry import writable_formats
from goldspan.corpus.privacy.annotator_names import ACCOUNT_KEYS
from goldspan.schema import conflict_scheme
from goldspan.workflows import export_file, score_files
from goldspan.workflows.studio.document_suggestions import DocumentWithSuggestions
from goldspan.workflows.studio.review_project import review_tasks

from ..conftest import Run, record, span, write_lines

SCHEME = conflict_scheme()
ADA, BEN = "ada.lovelace", "Jörg Müller"
ADDRESS = "ada.lovelace@mail.example"
TOLD = (ADA, "lovelace", BEN, "ller", ADDRESS, "mail.example", "4711")
"""What no output may hold; `ller` also where the name is written with escapes."""


def everywhere(name: str, other: str, number: str) -> dict[str, Any]:
    """A record that names persons wherever it can."""
    told = f"{name} asked {other} ({ADDRESS}) about {name}'s"
    accounts = dict.fromkeys(sorted(ACCOUNT_KEYS), name) | {"lead_time": 4711, "comment": [told, {name: other}]}
    more = {
        "source": name, "passes": [name, other], "decision": {"by": other, "reason": told}, "note": told,
        "origin": "manual", "extra": accounts,
    }  # fmt: skip
    spans = [
        span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"}) | more,
        span(12, 16, "LOCATION", None) | more | {"id": f"{name}-1"},
    ]
    layer = {
        "annotator": name, "lead_time": 4711.5 if name == ADA else 900.5, "note": told, "passes": [name, other], "guidelines": f"of {other}",
        "chosen_by": [name], "suggestions_shown": ["rules", other], "annotator_family": told,
        "created": "2026-03-02T10:00:00Z", "invalid_annotations": [{"results": [accounts], "reason": told}],
        "extra": {"studio": accounts | {"others": [{"account": other, "completed_by": 4711}]}},
    }  # fmt: skip
    return record(number, "Iran struck Kyiv.\n", spans=spans) | {"layer": layer, "extra": accounts}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(tmp_path / "ada.jsonl", everywhere(ADA, BEN, "a"), everywhere(ADA, BEN, "b"))
    write_lines(tmp_path / "ben.jsonl", everywhere(BEN, ADA, "a"), everywhere(BEN, ADA, "b"))
    return tmp_path


def strings(path: Path) -> Iterator[str]:
    """The path, and all that its file holds as text: of archives what is packed, of tables what is in the rows."""
    yield path.name
    data = path.read_bytes()
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name + archive.read(name).decode("utf-8", "replace")
    elif path.suffix == ".gz":
        yield gzip.decompress(data).decode("utf-8", "replace")
    yield data.decode("utf-8", "replace")
    yield data.decode("utf-16", "replace")


def names_in(*paths: Path) -> list[str]:
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    assert files
    return [name for name in TOLD for file in files if any(name in text for text in strings(file))]


@pytest.mark.parametrize("form", [form.name for form in writable_formats()])
def test_no_format_names_an_annotator(form: str, folder: Path) -> None:
    passes = [str(folder / "ada.jsonl"), str(folder / "ben.jsonl")] if form == "hf" else []
    done = export_file(str(folder / "ada.jsonl"), form, folder / "out", SCHEME, passes=passes)
    assert names_in(folder / "out") == [] and done.names is not None and done.names.persons == 2
    if form == "hf":
        text_free = export_file(str(folder / "ada.jsonl"), form, folder / "free", SCHEME, passes=passes, texts=False)
        assert names_in(folder / "free") == [] and text_free.names is not None and not text_free.names.key.made
        assert sorted(path.name for path in (folder / "free" / "passes").iterdir()) == sorted(
            done.names.pseudonyms.of(name) for name in (ADA, BEN)
        )
    if form in ("jsonl", "parquet"):
        export_file(str(folder / "ada.jsonl"), form, folder / "named", SCHEME, names=True)
        assert set(TOLD) - set(names_in(folder / "named")) == set()


def test_no_report_names_an_annotator_and_all_give_the_same_pseudonyms(folder: Path, goldspan: Run) -> None:
    passes = [folder / "ada.jsonl", folder / "ben.jsonl"]
    calls = {
        "agree": ("agree", *passes, "--resamples", 0),
        "report": ("studio", "report", *passes),
        "score": ("score", *passes, "--resamples", 0, "--agreement-of", passes[0], "--agreement-of", passes[1]),
    }
    seen = []
    for name, call in calls.items():
        for number, form in enumerate((["--json"], [], ["--html", folder / f"{name}.html"])):
            shown = goldspan(*call, *form, cwd=folder)
            assert shown.returncode == 0, shown.stderr
            output = folder / f"{name}-{number}.txt"
            output.write_text(shown.stdout.replace("ada.jsonl", "").replace("ben.jsonl", ""), "utf-8")
            assert names_in(output) == [], name
            if form == ["--json"]:
                seen.append(json.loads(shown.stdout))
        page = folder / f"{name}.html"
        page.write_text(page.read_text("utf-8").replace("ada.jsonl", ""), "utf-8")
        assert names_in(page) == [], name
    agreed, reported, scored = seen
    assert agreed["passes"] == list(reported["annotators"]) == scored["ceiling"]["passes"]
    assert scored["systems"][0]["name"] == agreed["passes"][1]
    assert all(
        way["seconds_per_document"] is None
        for item in reported["annotators"].values()
        for way in item["lead_times"].values()
    )
    assert reported["lead_times"]["suggested"]["seconds_per_document"] == 2806, "of two persons"
    assert "lead times of single persons are left out: use --names" in goldspan(*calls["report"], cwd=folder).stderr
    for name, call in calls.items():
        assert ADA in goldspan(*call, "--names", cwd=folder).stdout, name
    named = json.loads(goldspan(*calls["report"], "--names", "--json", cwd=folder).stdout)
    assert named["annotators"][ADA]["lead_times"]["suggested"]["seconds_per_document"] == 4711.5
    looked_up = goldspan("corpus", "names", agreed["passes"][0], "--json")
    assert json.loads(looked_up.stdout)["names"] == {agreed["passes"][0]: [ADA]}


def test_the_time_of_a_way_in_which_one_person_worked_is_theirs(tmp_path: Path, goldspan: Run) -> None:
    for name, shown in (("ada", ["rules"]), ("ben", [])):
        layer = {"annotator": name, "lead_time": 30.0, "suggestions_shown": shown}
        write_lines(
            tmp_path / f"{name}.jsonl",
            record("a", "Iran struck Kyiv.\n", spans=[span(0, 4, "ACTOR")]) | {"layer": layer},
        )
    call = ("agree", "ada.jsonl", "ben.jsonl", "--json", "--resamples", 0)
    hidden, named = (json.loads(goldspan(*call, *more, cwd=tmp_path).stdout) for more in ([], ["--names"]))
    assert named["suggestions"]["time_saved"] == 0 and hidden["suggestions"]["time_saved"] is None
    assert {way["seconds_per_1000_words"] for way in hidden["suggestions"]["readings"].values()} == {None}
    assert any("that of a single person: use" in note for note in hidden["notes"])


def test_two_passes_of_one_person_are_refused(folder: Path, goldspan: Run) -> None:
    for name in (ADA, BEN):
        assert goldspan("corpus", "names", "--assign", f"{name}=reader-7").returncode == 0
    refused = goldspan("agree", "ada.jsonl", "ben.jsonl", cwd=folder)
    assert refused.returncode == 2 and "are both reader-7 in" in refused.stderr and "or use --names" in refused.stderr


def test_what_names_a_person_is_not_published_unless_it_is_cleared(tmp_path: Path, goldspan: Run) -> None:
    layer = {"annotator": "ada", "note": "j.doe saw it on @telegram; ada"}
    write_lines(
        tmp_path / "gold.jsonl",
        record("a-of-ada", "Iran struck Kyiv.\n", spans=[span(0, 4, "ACTOR")]) | {"layer": layer},
    )
    (tmp_path / "about.toml").write_text(
        'title = "Ours"\nauthors = ["Ada"]\nmade = """By Ada.\\nWrite to us@mail.example."""\n'
    )
    call = ["export", "gold.jsonl", "--to", "hf", "--out", "d", "--overwrite", "--metadata", "about.toml", "--no-text"]
    call += ["--push", "us/ours", "--dry-run"]
    refused = goldspan(*call, cwd=tmp_path)
    assert refused.returncode == 1 and "would be uploaded" not in refused.stdout
    found = [
        {"check": "name", "found": "ada", "where": "id"},
        {"check": "handle", "found": "@telegram"},
        {"check": "login", "found": "j.doe"},
        {"check": "name", "found": "Ada"},
        {"check": "address", "found": "us@mail.example", "where": "card.made"},
    ]
    for item in found:
        assert f"{item['found']!r} in" in refused.stderr, refused.stderr
    assert "5 findings of personal data, so nothing was published. Fix: remove them" in refused.stderr
    write_lines(tmp_path / "cleared.jsonl", *(item | {"reason": "they agreed"} for item in found[1:]))
    still = goldspan(*call, "--cleared", "cleared.jsonl", cwd=tmp_path)
    assert still.returncode == 1 and "1 finding of personal data" in still.stderr
    write_lines(tmp_path / "cleared.jsonl", *(item | {"reason": "they agreed"} for item in found))
    done = goldspan(*call, "--cleared", "cleared.jsonl", cwd=tmp_path)
    assert done.returncode == 0 and "would be uploaded" in done.stdout, done.stderr
    write_lines(tmp_path / "cleared.jsonl", found[0] | {"reason": " "})
    assert "cleared.jsonl:1: the reason is empty" in goldspan(*call, "--cleared", "cleared.jsonl", cwd=tmp_path).stderr


def test_the_reason_of_a_withdrawal_is_published_without_names(
    folder: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDSPAN_HOME", str(folder / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    (folder / "goldspan.toml").touch()
    edition = folder / "gold" / "next"
    edition.mkdir(parents=True)
    write_lines(edition / "gold.jsonl", everywhere(ADA, BEN, "a"))
    (folder / "gold" / "editions.toml").write_text("")
    assert goldspan("corpus", "names", "--assign", f"{ADA}=reader-7", cwd=folder).returncode == 0
    reason = f"{ADA} told {ADDRESS}, see jdoe42"
    for more in (["--dry-run"], []):
        done = goldspan("withdraw", "a", "--reason", reason, *more, cwd=folder)
        assert done.returncode == 0 and "the reason names somebody: " in done.stderr, done.stderr
        assert all(repr(name) in done.stderr for name in (ADA, ADDRESS, "jdoe42")) and "withdrawn.jsonl" in done.stderr
    assert "reader-7 told [address], see jdoe42" in (folder / "gold" / "CHANGELOG.md").read_text("utf-8")
    assert "names somebody" not in goldspan("withdraw", "b", "--reason", "a takedown", "--dry-run", cwd=folder).stderr
    write_lines(
        folder / "c.jsonl", record("c", "Others struck.\n", spans=[span(0, 6, "ACTOR")], layer={"annotator": ADA})
    )
    call = ["export", "c.jsonl", "--to", "hf", "--out", "d", "--overwrite", "--no-text", "--push", "us/ours"]
    refused = goldspan(*call, "--dry-run", cwd=folder)
    assert refused.returncode == 1 and "'jdoe42' in card.withdrawn (first in the withdrawal of 'a')" in refused.stderr
    assert (
        "reader-7 told" in (folder / "d" / "README.md").read_text("utf-8")
        and names_in(folder / "d" / "README.md") == []
    )
    named = goldspan(*call, "--dry-run", "--names", cwd=folder)
    assert f"address {ADDRESS!r} in card.withdrawn" in named.stderr


def test_a_check_of_records_finds_what_an_export_would_replace(folder: Path, goldspan: Run) -> None:
    found = goldspan("corpus", "check", "ada.jsonl", "--privacy", cwd=folder)
    assert (
        found.returncode == 1
        and "name 'ada.lovelace' in layer.annotator (first in document 'a', 2 times)" in found.stderr
    )
    write_lines(folder / "cleared.jsonl", {"check": "name", "found": "nobody", "reason": "r"})
    data = goldspan("corpus", "check", "ada.jsonl", "--privacy", "--cleared", "cleared.jsonl", "--json", cwd=folder)
    assert "cleared.jsonl: not found: name 'nobody'. Fix: remove the line" in data.stderr
    checks = {item["check"] for item in json.loads(data.stdout)["personal"]}
    assert checks == {"name", "address", "lead_time", "login"}
    assert goldspan("export", "ada.jsonl", "--to", "jsonl", "--out", "out.jsonl", cwd=folder).returncode == 0
    clean = goldspan("corpus", "check", "out.jsonl", "--privacy", cwd=folder)
    assert clean.returncode == 0 and "0 findings of personal data" in clean.stdout, clean.stderr


def test_reviewers_see_pseudonyms(folder: Path) -> None:
    layers = {name: list(read_records(folder / f"{name}.jsonl", SCHEME)) for name in ("ada", "ben")}
    layers["ben"] = [replace(document, spans=document.spans[:1]) for document in layers["ben"]]
    passes = {ADA: layers["ada"], BEN: layers["ben"]}
    items = [
        DocumentWithSuggestions(first, {ADA: first.spans, BEN: second.spans})
        for first, second in zip(*layers.values(), strict=True)
    ]
    conflicts = resolve_passes(passes, SCHEME).undecided
    hidden, named = (review_tasks(items, conflicts, SCHEME, names=names) for names in (False, True))
    shown = json.dumps([[task.data(), task.predictions(task.data())] for task in hidden], ensure_ascii=False)
    assert [name for name in TOLD if name in shown] == [] and "annotator-1" in shown and "annotator-2" in shown
    assert all(name in json.dumps([task.data() for task in named], ensure_ascii=False) for name in (ADA, BEN))


def test_no_second_key_gives_other_pseudonyms_where_an_earlier_output_is_seen(
    folder: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form, out in (("jsonl", "out.jsonl"), ("hf", "out")):
        call = ("export", "ada.jsonl", "--to", form, "--out", out, *(["--overwrite"] if form == "hf" else []))
        assert "made " in goldspan(*call, cwd=folder).stderr
        assert "made " not in goldspan(*call, cwd=folder).stderr
        monkeypatch.setenv("GOLDSPAN_NAME_KEY", str(folder / form / "names.json"))
        refused = goldspan(*call, cwd=folder)
        assert refused.returncode == 3 and "has pseudonyms such as annotator-" in refused.stderr, refused.stderr
        assert not (folder / form).exists()
    monkeypatch.delenv("GOLDSPAN_NAME_KEY")
    assert goldspan("studio", "report", "ada.jsonl", cwd=folder).stderr.startswith(
        "made .goldspan/names.json, which says"
    )
    (folder / ".goldspan" / "names.json").unlink()
    lost = goldspan("agree", "ada.jsonl", "ben.jsonl", cwd=folder)
    assert lost.returncode == 3 and "the key to the pseudonyms is lost. Fix: restore it" in lost.stderr
    inside = goldspan("export", "ada.jsonl", "--to", "brat", "--out", ".goldspan", "--overwrite", cwd=folder)
    assert inside.returncode == 2


def test_all_that_reads_a_projects_files_has_its_key_wherever_it_is_called(
    folder: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOLDSPAN_NAME_KEY")
    (folder / "proj").mkdir()
    for name in ("ada.jsonl", "ben.jsonl"):
        (folder / name).rename(folder / "proj" / name)
    assert goldspan("corpus", "names", "--assign", f"{BEN}=reader-8", cwd=folder / "proj").returncode == 0
    passes = ("proj/ada.jsonl", "proj/ben.jsonl")
    for call in (
        ("export", "proj/ben.jsonl", "--to", "jsonl", "--out", "out.jsonl"),
        ("agree", *passes, "--json", "--resamples", 0),
        ("studio", "report", *passes, "--json"),
        ("score", *passes, "--json", "--resamples", 0),
    ):
        done = goldspan(*call, cwd=folder)
        shown = done.stdout + ((folder / "out.jsonl").read_text("utf-8") if "out.jsonl" in call else "")
        assert "reader-8" in shown, (call, done.stderr)
    assert goldspan("corpus", "check", "out.jsonl", "--privacy", cwd=folder).returncode == 0
    assert not (folder / ".goldspan").exists()


def test_who_a_pseudonym_is_can_be_asked_from_another_folder(
    folder: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOLDSPAN_NAME_KEY")
    project, elsewhere = folder / "the project", folder / "elsewhere"
    for place in (project, elsewhere):
        place.mkdir()
    (folder / "ada.jsonl").rename(project / "ada.jsonl")
    assert goldspan("corpus", "names", "--assign", f"{ADA}=reader-8", cwd=project).returncode == 0
    export = ("export", project / "ada.jsonl", "--to", "jsonl", "--out", "out.jsonl")
    said = goldspan(*export, cwd=elsewhere).stderr
    assert f"goldspan corpus names --of '{project / '.goldspan'}' says who they are" in said
    assert "nobody has a pseudonym yet" in goldspan("corpus", "names", cwd=elsewhere).stderr
    for place in (project, project / ".goldspan", project / "ada.jsonl"):
        asked = json.loads(goldspan("corpus", "names", "--of", place, "--json", cwd=elsewhere).stdout)
        assert asked["key"] == str(project / ".goldspan" / "names.json") and asked["names"]["reader-8"] == [ADA]
    assert "goldspan corpus names says who they are" in goldspan(*export, cwd=project).stderr


def test_the_key_of_another_project_is_never_that_of_the_working_folder(
    folder: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = ("corpus", "names", "--of")
    here, other = folder / "here", folder / "other"
    for place in (here, other):
        place.mkdir()
        (place / "goldspan.toml").touch()
    refused = goldspan(*of, other)
    assert refused.returncode == 2 and "--of" in refused.stderr
    assert "has no effect with GOLDSPAN_NAME_KEY" in refused.stderr
    monkeypatch.delenv("GOLDSPAN_NAME_KEY")
    assert goldspan("corpus", "names", "--assign", f"{ADA}=reader-8", cwd=here).returncode == 0
    asked = goldspan(*of, other, cwd=here)
    assert f"--of {other}: its project has no key yet" in asked.stderr and ADA not in asked.stdout
    assert goldspan(*of, other, "--assign", f"{BEN}=reader-9", cwd=here).returncode == 0
    assert json.loads(goldspan(*of, other, "--json", cwd=here).stdout)["names"] == {"reader-9": [BEN]}
    assert json.loads(goldspan("corpus", "names", "--json", cwd=here).stdout)["names"] == {"reader-8": [ADA]}


def test_a_score_needs_no_key_and_makes_none(folder: Path) -> None:
    scored = score_files(str(folder / "ada.jsonl"), [str(folder / "ben.jsonl")], SCHEME, resamples=0)
    assert [system.name for system in scored.scores.systems] == [BEN]
