"""Names of annotators and what stands for them; the key, and what is found of persons."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.corpus.privacy.annotator_names import NameSurvey, is_machine
from goldspan.corpus.privacy.name_key import extend_key, key_path, read_key, require_outside, set_pseudonym
from goldspan.corpus.privacy.personal_data import PersonalDataSearch
from goldspan.corpus.privacy.pseudonyms import Pseudonyms
from goldspan.schema import (
    DataError,
    Decision,
    DependencyError,
    Document,
    InvalidAnnotation,
    Layer,
    RecordCodec,
    Span,
    UsageError,
    conflict_scheme,
)
from goldspan.schema.document import Metadata

SCHEME = conflict_scheme()
CODEC = RecordCodec(SCHEME)
NAMES = ("ada.lovelace", "Józef Piłsudski", "ben@x.example", "王小明", "o_neill42", "مريم")
TEMPLATES = ("{}", "asked {}, twice", "({})", "{}'s: no", "mail {} or {}@mail.example", "@{}", "by_{}_")

PERSONS = st.sampled_from(NAMES)
TEXTS = st.none() | st.builds(lambda form, name: form.replace("{}", name), st.sampled_from(TEMPLATES), PERSONS)
SEVERAL = st.none() | st.lists(PERSONS, max_size=3).map(tuple)
KEYS = st.sampled_from(["completed_by", "account", "comment", "lead_time"]) | PERSONS
EXTRA = st.none() | st.dictionaries(
    KEYS, st.recursive(TEXTS, lambda below: st.lists(below) | st.dictionaries(KEYS, below), max_leaves=4), max_size=3
)
SPANS = st.builds(
    lambda **fields: Span(0, 4, "LOCATION", **fields),
    id=TEXTS,
    source=TEXTS,
    score=st.none() | st.just(0.5),
    origin=st.sampled_from([None, "prediction", "manual"]),
    passes=SEVERAL,
    decision=st.none() | st.builds(Decision, PERSONS, TEXTS),
    note=TEXTS,
    extra=EXTRA,
)
LAYERS = st.builds(
    Layer,
    annotator=PERSONS,
    annotator_family=TEXTS,
    guidelines=TEXTS,
    lead_time=st.none() | st.floats(1, 9),
    note=TEXTS,
    suggestions_shown=SEVERAL,
    chosen_by=SEVERAL,
    passes=SEVERAL,
    invalid_annotations=st.none() | st.lists(st.builds(InvalidAnnotation, st.tuples(EXTRA), TEXTS), max_size=2).map(tuple),
    extra=EXTRA,
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda spans, layer, extra: Document(id="a", text="Iran struck.", spans=tuple(spans), layer=layer, extra=extra),
    st.lists(SPANS, max_size=2),
    LAYERS,
    EXTRA,
)


def told(data: bytes | str) -> list[str]:
    """The names that data has, however JSON or a page writes them."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    forms = {name: {name, json.dumps(name)[1:-1], name.partition("@")[0]} for name in NAMES}
    return [name for name, written in forms.items() if any(form.casefold() in text.casefold() for form in written)]


def pseudonyms(path: Path, *documents: Document) -> Pseudonyms:
    survey = NameSurvey()
    for document in documents:
        survey.add(document)
    survey.add_names(NAMES)
    return Pseudonyms(extend_key(path, survey.persons()).pseudonyms, survey.machines)


@given(st.lists(DOCUMENTS, min_size=1, max_size=2))
@settings(max_examples=100, deadline=None)
def test_no_name_in_any_place_of_a_record_is_left(shared_key: Path, documents: list[Document]) -> None:
    names = pseudonyms(shared_key, *documents)
    for document in documents:
        published = names.document(document)
        line = CODEC.encode(published)
        assert not told(line) and b"@mail.example" not in line
        assert published.layer is not None and published.layer.lead_time is None and b"lead_time" not in line
        assert names.document(published) == published
        assert replace(published, layer=None, extra=None, spans=()) == replace(
            document, layer=None, extra=None, spans=()
        )
        search = PersonalDataSearch(dict.fromkeys(NAMES, "annotator-1"))
        search.add(published)
        assert [item for item in search.findings() if item.check in ("name", "address", "lead_time")] == []


@pytest.fixture(scope="module")
def shared_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key") / "names.json"


def test_models_parts_and_the_article_keep_their_names() -> None:
    model = Layer(annotator="claude", annotator_kind="language model", lead_time=3.0)
    rules = Layer(annotator="mine", extractor_version="2")
    gold = Layer(annotator="adjudicated", passes=("reader-1", "claude", "ada"))
    by = Decision("a language model (Claude), third reading")
    span = Span(0, 4, "LOCATION", source="rules", origin="prediction", decision=by)
    kept = [
        Document(id="ada", text="Ada ada", meta=Metadata(title="ada"), spans=(span,), layer=each)
        for each in (model, rules)
    ]
    survey = NameSurvey()
    for document in (*kept, Document(id="b", text="", spans=(), layer=gold)):
        survey.add(document)
    assert survey.persons() == ["ada"]
    names = Pseudonyms({"ada": "annotator-1"}, survey.machines)
    assert [names.document(document) for document in kept] == kept
    assert names.document(replace(kept[0], layer=gold)).layer == replace(
        gold, passes=("reader-1", "claude", "annotator-1")
    )


KINDS = {
    "language model": True, "Large language model": True, "language model (Claude), by reading, one pass": True,
    "rules": True, "rule-based": True, "ensemble of models": True, "fine-tuned transformer": True, "program": True,
    "a neural network": True, "majority of readers": True,
    "person": False, "student of the MA program in Conflict Studies": False, "LLM student": False, "": False,
    "fashion model": False, "writes scripts and software": False, "script doctor": False, "knows the rules": False,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "machine"), KINDS.items())
def test_a_kind_that_is_a_machines_as_a_whole_makes_no_person(kind: str, machine: bool) -> None:
    assert is_machine(Layer(annotator="ada", annotator_kind=kind)) == machine


def test_a_word_for_programs_in_a_name_hides_nobody() -> None:
    survey = NameSurvey()
    told = ["ben's script", "ada (MA program)", "Ada Rule"]
    survey.add_names([*told, "llm", "majority", "language model (run by ada)"])
    assert survey.persons() == told
    assert Pseudonyms({"ada": "annotator-1"}).of("language model (run by ada)") == "language model (run by annotator-1)"
    search = PersonalDataSearch({"ada": "annotator-1"})
    search.add_name("span.decision.by", "language model (run by ada)", "a")
    assert [item.found for item in search.findings()] == ["ada"]


@pytest.mark.parametrize(
    "key",
    "annotator Annotator_ID annotatorId annotator_name annotated_by user_id userid user coder coderID raters checkedBy "
    "LABELED_BY last-modified-by reviewer.email users_emails loginName".split(),
)
def test_keys_of_accounts_are_known_by_their_words(key: str) -> None:
    extra = {key: ["zoe", 7], "at": {key: "zoe"}}
    document = Document(id="a", text="", spans=(), extra=extra)
    survey, search = NameSurvey(), PersonalDataSearch({})
    survey.add(document)
    search.add(document)
    assert survey.persons() == ["zoe"]
    assert [(item.check, item.found, item.count) for item in search.findings()] == [
        ("name", "zoe", 1), ("name", "7", 1), ("name", "zoe", 1)
    ]  # fmt: skip
    published = Pseudonyms({"zoe": "annotator-1"}).document(document)
    assert published.extra == {key: ["annotator-1", None], "at": {key: "annotator-1"}}


@pytest.mark.parametrize(
    "key",
    "annotator_kind annotation sorted_by user_agent annotators_count decoder superuser coded emailed by "
    "annotator_1 annotator-2_says reader3".split(),
)
def test_keys_that_are_like_those_of_accounts_are_kept(key: str) -> None:
    document = Document(id="a", text="", spans=(), extra={key: ["zoe", 7]})
    survey = NameSurvey()
    survey.add(document)
    assert survey.persons() == [] and Pseudonyms({}).document(document) == document


@pytest.mark.parametrize(
    ("note", "published"),
    {
        "Ada, ADA and Adam": "annotator-1, annotator-1 and Adam",
        "a claim; see conflict-news@1": "a claim; see conflict-news@1",
        "from who@else.example": "from [address]",
        "王小明说，由王小明标注": "annotator-2说，由annotator-2标注",
        "Jose\u0301 was here": "annotator-3 was here",
    }.items(),
)
def test_notes_are_read_as_words(note: str, published: str) -> None:
    names = Pseudonyms({"ada": "annotator-1", "王小明": "annotator-2", "Jos\u00e9": "annotator-3", "a": "annotator-4"})
    assert names.text(note) == published


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
def test_pseudonyms_hold_over_sessions_and_the_key_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / ".goldspan" / "names.json"
    first = extend_key(path, ["ada", "ben"], ["annotator-1"])
    assert first.made and sorted(first.pseudonyms.values()) == ["annotator-1", "annotator-2", "annotator-3"]
    second = extend_key(path, ["cy", "ben", "annotator-2"])
    assert not second.made and dict(first.pseudonyms).items() < dict(second.pseudonyms).items()
    assert second.pseudonyms["cy"] == "annotator-4" and "annotator-2" not in second.pseudonyms
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and (path.parent / ".gitignore").read_text() == "*\n"
    assert set_pseudonym(path, "ada@new.example", second.pseudonyms["ada"]).names()[second.pseudonyms["ada"]] == [
        "ada",
        "ada@new.example",
    ]
    with pytest.raises(UsageError, match=r"has been annotator-\d so far"):
        set_pseudonym(path, "ada", "annotator-9")
    for wrong in ("Ada Lovelace", "gold", ""):
        with pytest.raises(UsageError, match="is not a pseudonym"):
            set_pseudonym(path, "dan", wrong)
    with pytest.raises(UsageError, match="is not published"):
        require_outside(path, tmp_path)
    path.chmod(0o644)
    with pytest.raises(DependencyError, match=r"others can read the key .* Fix: chmod 600"):
        read_key(path)
    path.unlink()
    with pytest.raises(DependencyError, match=r"is lost\. Fix: restore it .* which gives people other pseudonyms"):
        extend_key(path, ["ada"])
    assert not path.exists()


VARIANTS = ("Jos\u00e9", "JOS\u00c9", "Jose\u0301", " jos\u00e9 ")


def test_names_that_differ_in_case_composition_or_spaces_are_one_persons(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    first = extend_key(path, ["ada", *VARIANTS])
    second = extend_key(path, [*reversed(VARIANTS), "Ada", "ben"])
    assert sorted(second.pseudonyms.values()) == ["annotator-1", "annotator-2", "annotator-3"]
    names = Pseudonyms(second.pseudonyms)
    assert {names.of(name) for name in VARIANTS} == {first.pseudonyms["Jos\u00e9"]}
    assert names.of("Ada") == names.of("ada") == first.pseudonyms["ada"]
    with pytest.raises(UsageError, match=r"Ada has been annotator-\d so far"):
        set_pseudonym(path, "Ada", "annotator-7")
    assert set_pseudonym(path, "ADA", first.pseudonyms["ada"]).pseudonyms == second.pseudonyms
    path.write_text('{"pseudonyms": {"ada": "annotator-1", "Ada": "annotator-2"}}', "utf-8")
    with pytest.raises(DataError, match=r"'ada' and 'Ada' are one name, and have two pseudonyms.* Fix: keep the line"):
        read_key(path)


def test_keys_that_become_alike_are_kept_apart() -> None:
    who = {"carla": 1, "Carla": 2, "annotator-1": 3, "a@x.example": 4, "b@x.example": 5}
    names = Pseudonyms({"carla": "annotator-1"})
    published = names.document(Document(id="a", text="", spans=(), extra={"who": who}))
    assert published.extra == {
        "who": {"annotator-1": 1, "annotator-1 (2)": 2, "annotator-1 (3)": 3, "[address]": 4, "[address] (2)": 5}
    }
    assert names.document(published) == published


@pytest.mark.parametrize("text", ["", "[]", '{"pseudonyms": {"ada": 3}}', '{"pseudonyms": {"ada": "ada"}}', "\udcff"])
def test_a_file_that_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.touch(0o600)
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=r"names\.json: .*pseudonym.* Fix: write"):
        read_key(path)


def test_the_key_is_the_nearest_or_where_the_project_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_path().name == "names.json" and tmp_path not in key_path().parents
    monkeypatch.delenv("GOLDSPAN_NAME_KEY")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert key_path() == below / ".goldspan" / "names.json"
    (tmp_path / "goldspan.toml").touch()
    assert key_path(below) == tmp_path / ".goldspan" / "names.json"
    extend_key(tmp_path / "a" / ".goldspan" / "names.json", ["ada"])
    assert key_path(below) == tmp_path / "a" / ".goldspan" / "names.json"
    monkeypatch.chdir(tmp_path.parent)
    for places in ([below / "not-yet.jsonl"], ["-", 3, str(below)], [tmp_path.parent / "out", "a*.jsonl", below]):
        assert key_path(*places) == tmp_path / "a" / ".goldspan" / "names.json"
    (tmp_path / "a" / ".goldspan" / ".gitignore").unlink()
    extend_key(tmp_path / "a" / ".goldspan" / "names.json", ["ben"])
    assert (tmp_path / "a" / ".goldspan" / ".gitignore").is_file()
    extend_key(tmp_path / "b" / "names.json", ["ben"])
    assert not (tmp_path / "b" / ".gitignore").exists(), "files of its owner's would be ignored"


def test_what_names_a_person_is_found_where_it_is() -> None:
    layer: dict[str, Any] = {"annotator": "ada", "lead_time": 3.0, "extra": {"studio": {"completed_by": 7}}}
    span = Span(
        0, 4, "LOCATION", note="j.doe, jdoe42 and @jane know; see bbc.com, v1.3 and 24 killed", passes=("reader-1",)
    )
    search = PersonalDataSearch({"ben": "annotator-1"})
    search.add(Document(id="of ben", text="Iran", spans=(span, span), layer=Layer(**layer)))
    assert [(item.check, item.where, item.found, item.count) for item in search.findings()] == [
        ("name", "id", "ben", 1),
        ("name", "layer.annotator", "ada", 1),
        ("lead_time", "layer.lead_time", "", 1),
        ("name", "layer.extra.studio.completed_by", "7", 1),
        ("handle", "span.note", "@jane", 2),
        ("login", "span.note", "j.doe", 2),
        ("login", "span.note", "jdoe42", 2),
    ]
