"""What the extractors for packages of others do without the packages: words for labels, pieces of texts, refusals."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.annotate.adapters.packages.label_prompts import LabelPrompts
from goldspan.annotate.adapters.packages.langextract_prompt import LangextractPrompt
from goldspan.annotate.adapters.packages.model_folder import model_folder
from goldspan.annotate.adapters.packages.text_pieces import text_pieces
from goldspan.schema import DependencyError, Document, UsageError
from goldspan.schema.default_scheme import default_scheme
from tests.conftest import Run, record, write_lines

ABSENT = {
    "gliner": ("gliner:x", "pip install gliner\n"),
    "gliner2": ("gliner2:x", "pip install 'gliner2[local]'\n"),
    "geoparser": ("geoparser", "pip install geoparser\n"),
    "langextract": ("langextract:x", "pip install 'langextract[openai]'\n"),
}


@pytest.mark.parametrize("package", ABSENT)
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    package: str, goldspan: Run, tmp_path: Path
) -> None:
    if find_spec(package):
        pytest.skip(f"{package} is installed")
    spec, command = ABSENT[package]
    texts = write_lines(tmp_path / "a.jsonl", record("a", "Iran."))
    done = goldspan("annotate", texts, "--extractor", spec, "--out", tmp_path / "out.jsonl")
    assert done.returncode == 3
    assert done.stderr.endswith(f"not installed. Fix: {command}")
    assert not (tmp_path / "out.jsonl").exists()


@given(
    st.lists(st.text(st.sampled_from("ab c.\n😀\u0301İ"), max_size=80), max_size=3),
    st.integers(2, 30),
)
def test_pieces_are_the_text_at_their_places_and_fit(texts: list[str], most: int) -> None:
    documents = [Document(id=str(n), text=text, spans=()) for n, text in enumerate(texts)]
    pieces = text_pieces(documents, lambda text: len(text) <= most)
    for number, text in enumerate(texts):
        mine = [piece for piece in pieces if piece.document == number]
        assert all(text[p.start : p.start + len(p.text)] == p.text and len(p.text) <= most for p in mine)
        assert "".join("".join(p.text for p in mine).split()) == "".join(text.split())


def test_what_fits_is_one_piece_and_a_long_text_is_cut_after_sentences() -> None:
    text = "Troops left Kyiv on Monday. " * 8
    [whole] = text_pieces([Document(id="a", text=text, spans=())], lambda text: len(text.split()) <= 40)
    assert whole.text == text
    pieces = text_pieces([Document(id="a", text=text, spans=())], lambda text: len(text.split()) <= 12)
    assert all(piece.text.strip().endswith("Monday.") for piece in pieces)


def test_labels_are_asked_for_by_name_or_by_the_words_of_a_map() -> None:
    scheme = default_scheme()
    own = LabelPrompts(scheme, {name: name for name in scheme.labels}, mapped=False, definitions=True)
    assert list(own.labels) == ["actor", "location", "date", "count"]
    assert own.definitions is not None
    assert own.definitions["actor"] == scheme.label("ACTOR").definition
    mapped = LabelPrompts(scheme, {"armed group": "ACTOR", "weapon": ""}, mapped=True, definitions=False)
    assert mapped.labels == {"armed group": "armed group", "weapon": "weapon"}
    assert mapped.signature != own.signature


def test_names_that_only_case_tells_apart_stay_as_they_are() -> None:
    scheme = default_scheme()
    names = {"ACTOR": "ACTOR", "actor": "ACTOR"}
    assert list(LabelPrompts(scheme, names, mapped=False, definitions=False).labels) == ["ACTOR", "actor"]


@pytest.mark.parametrize(
    ("names", "mapped", "definitions", "fix"),
    [({}, True, False, "add lines"), ({"person": "ACTOR"}, True, True, "leave out map or definitions")],
)
def test_words_that_say_nothing_or_too_much_are_refused(
    names: dict[str, str], mapped: bool, definitions: bool, fix: str
) -> None:
    with pytest.raises(UsageError, match=fix):
        LabelPrompts(default_scheme(), names, mapped=mapped, definitions=definitions)


def test_langextract_is_shown_the_examples_of_the_scheme() -> None:
    scheme = default_scheme()
    prompt = LangextractPrompt(scheme, {name: name for name in scheme.labels})
    assert all(surface in example.text for example in prompt.examples for surface in example.surfaces)
    assert {example.label for example in prompt.examples} == set(scheme.labels)
    assert all(scheme.label(name).definition in prompt.task for name in scheme.labels)
    with pytest.raises(UsageError, match="several labels for ACTOR"):
        LangextractPrompt(scheme, {"person": "ACTOR", "group": "ACTOR"})
    with pytest.raises(UsageError, match="an example at least"):
        LangextractPrompt(scheme, {"weapon": ""})


def test_a_model_that_brings_code_is_refused_wherever_its_configuration_says_so(tmp_path: Path) -> None:
    (tmp_path / "encoder_config").mkdir()
    file = tmp_path / "encoder_config" / "config.json"
    file.write_text(json.dumps({"model_type": "bert"}))
    plain = model_folder(str(tmp_path))
    assert (plain.path, plain.name) == (tmp_path, tmp_path.name)
    file.write_text(json.dumps({"inner": {"auto_map": {"AutoModel": "code.Model"}}}))
    with pytest.raises(DependencyError, match="comes with code of its own"):
        model_folder(str(tmp_path))


def test_the_digest_of_a_model_changes_with_its_weights_and_not_with_its_place(tmp_path: Path) -> None:
    digests = []
    for name, weights in {"a": b"1", "b": b"1", "c": b"2"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(weights)
        digests.append(model_folder(str(tmp_path / name)).digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("model", ["no model", "nobody", "a/b/c", __file__])
def test_what_is_no_model_is_refused(model: str) -> None:
    with pytest.raises(UsageError, match="neither a folder"):
        model_folder(model)
