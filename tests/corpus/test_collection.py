"""A corpus in memory, and its ways to tables and docs and back."""

from __future__ import annotations

import warnings
import zlib
from pathlib import Path

import pytest

from goldspan.corpus import Corpus, load, write_records
from goldspan.corpus.storage.arrow import record_batches, record_schema
from goldspan.corpus.storage.rows import record_of_row
from goldspan.schema import (
    DataError,
    Document,
    Metadata,
    RecordCodec,
    Scheme,
    Span,
    UsageError,
    Value,
    Zone,
    conflict_scheme,
    layer_fingerprint,
    parse_scheme,
)
from tests.annotate.label_studio.texts import make_document
from tests.conftest import Run, record, span, write_lines

GOLD = Path(__file__).parents[2] / "corpus" / "gold" / "1.0.1" / "gold.jsonl"


def value_of(lat: float) -> Value:
    return conflict_scheme().label("LOCATION").value_type(lat=lat, lon=0.0)


@pytest.fixture
def gold(scheme: Scheme) -> Corpus:
    return load(GOLD)


@pytest.fixture
def hard(scheme: Scheme) -> Corpus:
    return Corpus([*(make_document(seed, scheme) for seed in range(60)), Document(id="empty", text="", spans=())])


def test_a_corpus_is_a_sequence_of_documents(gold: Corpus) -> None:
    assert len(gold) == 5 and gold[0] is gold[gold[0].id] and list(gold[1:3]) == [gold[1], gold[2]]
    assert gold.fingerprint == layer_fingerprint(gold)
    assert repr(gold) == "<Corpus of 5 documents, 280 spans, conflict-news@1>"
    with pytest.raises(KeyError):
        gold["nobody"]


def test_a_corpus_refuses_what_reading_refuses(scheme: Scheme) -> None:
    with pytest.raises(DataError, match="past the text"):
        Corpus([Document(id="a", text="Iran", spans=(scheme.span(0, 9, "ACTOR"),))])
    with pytest.raises(DataError, match="'a'"):
        Corpus([Document(id="a", text="x", spans=()), Document(id="a", text="y", spans=())])


@pytest.mark.parametrize("way", ["arrow", "pandas", "polars", "datasets", "spacy"])
def test_what_goes_out_comes_back(way: str, gold: Corpus, hard: Corpus) -> None:
    for corpus in (gold, hard):
        there = getattr(corpus, f"to_{way}")()
        assert list(getattr(Corpus, f"from_{way}")(there)) == list(corpus)


def test_tables_are_made_once_and_shared(gold: Corpus) -> None:
    table = gold.to_arrow()
    assert gold.to_arrow() is table
    address = table["text"].chunk(0).buffers()[2].address
    assert gold.to_polars()["text"].to_arrow().buffers()[2] is not None
    assert gold.to_datasets().data["text"].chunk(0).buffers()[2].address == address
    pandas = gold.to_pandas()["text"].array.__arrow_array__()
    assert pandas.chunk(0).buffers()[2].address == address


def test_a_row_for_each_span_has_its_surface_and_value(gold: Corpus) -> None:
    frame = gold.to_pandas("spans")
    assert len(frame) == 280 and list(frame["document"].unique()) == [d.id for d in gold]
    for row in frame.itertuples():
        assert row.surface == gold[row.document].text[row.start : row.end]
    places = frame[frame.label == "LOCATION"]
    assert places.value_lat.notna().any() and places.value_edtf.isna().all()
    counts = [(s.value.min, s.value.max) for d in gold for s in d.spans if s.label == "COUNT"]
    found = gold.to_polars("spans").filter(label="COUNT")
    assert found.select("value_min", "value_max").rows() == counts
    assert gold.to_polars("spans").height == 280
    with pytest.raises(UsageError, match="documents or spans"):
        gold.to_pandas("words")


def test_one_name_for_two_types_becomes_text_in_rows_of_spans() -> None:
    scheme = parse_scheme(
        'name = "two"\nversion = 1\ntitle = "t"\ndescription = "d"\n'
        '[labels.A]\ndefinition = "a"\n[labels.A.fields.approx]\ntype = "choice"\nchoices = ["s", "m"]\n'
        '[labels.B]\ndefinition = "b"\n[labels.B.fields.number]\ntype = "interval"\n'
    )
    spans = (scheme.span(0, 1, "A", approx="s"), scheme.span(2, 3, "B", min=1, max=2, approx=True))
    document = Document(id="a", text="x y", spans=spans)
    assert Corpus([document], scheme).to_arrow("spans")["value_approx"].to_pylist() == ["s", "True"]


def test_rows_of_others_are_refused_with_their_number(gold: Corpus) -> None:
    frame = gold.to_pandas()
    frame.loc[3, "text_sha256"] = "0" * 64
    with pytest.raises(DataError, match=r"table:4: .*text_sha256"):
        Corpus.from_pandas(frame)


def test_docs_of_another_pipeline_become_documents() -> None:
    import spacy

    nlp = spacy.blank("en")
    doc = nlp("Iran struck Kyiv.")
    doc.ents = [doc.char_span(0, 4, label="ACTOR")]
    doc.user_data["id"] = "mine"
    [document] = Corpus.from_spacy([doc])
    assert document.id == "mine" and [(s.start, s.end, s.label) for s in document.spans] == [(0, 4, "ACTOR")]
    [again] = Corpus([document]).to_spacy(nlp)
    assert again.vocab is nlp.vocab and [e.text for e in again.ents] == ["Iran"]


def test_columns_say_what_rows_say(hard: Corpus, gold: Corpus, scheme: Scheme) -> None:
    codec = RecordCodec(scheme)
    for corpus in (hard, gold):
        for batch in record_batches(corpus, scheme):
            assert batch.schema == record_schema(scheme)
            batch.validate(full=True)
            assert [codec.from_mapping(record_of_row(row)) for row in batch.to_pylist()] == list(corpus)


@pytest.mark.parametrize("form", ["hf", "jsonl", "parquet", "conll", "brat", "spacy", "studio"])
def test_folders_of_every_format_tell_what_they_are(form: str, tmp_path: Path, goldspan: Run) -> None:
    corpus = load(GOLD)
    assert goldspan("export", GOLD, "--to", form, "--out", tmp_path / "out").returncode == 0
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert {d.id: d for d in load(tmp_path / "out")} == {d.id: d for d in corpus}
    of_others = form in ("conll", "brat", "spacy", "studio")
    assert [str(one.message) for one in told] == [f"{tmp_path / 'out'}: read as {form}"] * of_others


def test_a_folder_that_tells_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot detect the format from its contents"):
        load(tmp_path)


def test_saving_and_loading_keeps_all(hard: Corpus, tmp_path: Path) -> None:
    for name in ("x.jsonl", "x.parquet"):
        hard.save(tmp_path / name)
        assert list(load(tmp_path / name)) == list(hard)


def test_a_docbin_that_unpacks_without_end_is_refused_before_it_is_unpacked(
    tmp_path: Path, goldspan_process: Run
) -> None:
    import resource

    bomb = tmp_path / "bomb.spacy"
    packer, zeros = zlib.compressobj(9), bytes(1 << 20)
    first, again = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    length = 2000 * len(zeros)  # in blocks that refer to none before them, which is quicker than to pack all
    end = b"\x03\x00" + ((length % 65521) << 16 | 1).to_bytes(4, "big")  # the last block, and Adler-32 of zeros
    bomb.write_bytes(first + again * 1999 + end)
    limit = 6 << 30  # of addresses: what a Python with spaCy takes, and less than it with the whole bomb

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = goldspan_process("convert", bomb, "--out", tmp_path / "x.jsonl", preexec_fn=bounded)
    assert done.returncode == 1 and "which no DocBin of texts does" in done.stderr, done.stderr


def test_a_corpus_of_the_same_text_again_and_again_is_no_bomb(tmp_path: Path, scheme: Scheme, goldspan: Run) -> None:
    text = "Iran struck Kyiv on Friday. " * 40
    documents = [Document(id=f"d{n}", text=text, spans=(scheme.span(0, 4, "ACTOR"),)) for n in range(300)]
    write_records(tmp_path / "in.jsonl", documents, scheme)
    assert goldspan("export", tmp_path / "in.jsonl", "--to", "spacy", "--out", tmp_path / "x.spacy").returncode == 0
    with pytest.warns(UserWarning, match=r"x\.spacy: read as spacy"):
        assert len(load(tmp_path / "x.spacy")) == 300


def test_scoring_takes_a_loaded_dataset(tmp_path: Path, goldspan: Run) -> None:
    from datasets import load_dataset

    from goldspan.eval import score

    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran.", spans=[span(0, 4, "ACTOR")]))
    assert goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d").returncode == 0
    loaded = load_dataset(str(tmp_path / "d"), split="test", cache_dir=str(tmp_path / "cache"))
    found = score(gold, loaded, resamples=0)
    assert found.systems[0].spans.strict.micro.f1 == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        Document(id="", text="x", spans=()),
        Document(id="a", text="x", spans=(), zones=(Zone(0, 1, "bogus"),)),
        Document(id="a", text="x", spans=(), zones=(Zone(0, 9, "url"),)),
        Document(id="a", text="x", spans=(), meta=Metadata(published="nope")),
        Document(id="a", text="x", spans=(Span(0, 1, "LOCATION", value_of(91.0)),)),
    ],
    ids=["no id", "an unknown zone", "a zone past the end", "no day", "a latitude beyond the pole"],
)
def test_what_a_file_could_not_say_is_refused_in_memory(wrong: Document) -> None:
    with pytest.raises(DataError):
        Corpus([wrong])


def test_frames_of_pandas_own_types_come_back(gold: Corpus, tmp_path: Path) -> None:
    import pandas as pd

    gold.save(tmp_path / "g.parquet")
    assert list(Corpus.from_pandas(pd.read_parquet(tmp_path / "g.parquet"))) == list(gold)
    frame = pd.DataFrame({"id": ["a"], "text": ["Iran"], "spans": [[{"start": 0, "end": 4, "label": "ACTOR", "x": 1}]]})
    with pytest.raises(DataError, match="unknown key `x`"):
        Corpus.from_pandas(frame)


@pytest.mark.parametrize("library", ["arrow", "pandas", "polars"])
def test_a_frame_that_lost_the_names_of_its_classes_is_refused_with_the_way(library: str, gold: Corpus) -> None:
    dataset = gold.to_datasets()
    frame = dataset.data.table.replace_schema_metadata() if library == "arrow" else getattr(dataset, f"to_{library}")()
    with pytest.raises(DataError, match=r"each label as an integer, .* Fix: use Corpus\.from_datasets\(dataset\)"):
        getattr(Corpus, f"from_{library}")(frame)


def test_a_dataset_of_several_splits_wants_one_named(gold: Corpus) -> None:
    from datasets import DatasetDict

    with pytest.raises(UsageError, match="several splits"):
        Corpus.from_datasets(DatasetDict({"test": gold.to_datasets(), "train": gold.to_datasets()}))


@pytest.mark.parametrize("extra", ['{"a": NaN}', '{"a": 1e999}', "[" * 2000, "7"], ids=["NaN", "huge", "deep", "none"])
def test_an_extra_that_no_line_could_hold_is_refused_in_columns(extra: str, gold: Corpus) -> None:
    frame = gold.to_pandas()
    frame.loc[0, "extra"] = extra
    with pytest.raises(DataError, match="table:1"):
        Corpus.from_pandas(frame)


def test_what_a_reader_leaves_out_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("😀 Goma".encode())
    (tmp_path / "a.ann").write_bytes(b"T1\tLOCATION 3 7\tGoma\nR1\tIn Arg1:T1 Arg2:T1\n")
    with pytest.warns(UserWarning) as told:
        [document] = load(tmp_path, form="brat")
    assert document.surface(document.spans[0]) == "Goma"
    assert [str(one.message).removeprefix(f"{tmp_path}: ") for one in told] == [
        "offsets in UTF-16 code units converted to code points: 1 span in 1 document (first in 'a')",
        "left out: relations: 1 (in 'a')",
    ]
