"""New projects: what is written is the scheme that was answered, and the example holds together."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest

from goldspan.cli.configuration import load
from goldspan.cli.option_schema import option_schema
from goldspan.corpus import build_documents, read_records
from goldspan.corpus.ingest.articles import SourceOptions
from goldspan.corpus.ingest.sources import read_articles
from goldspan.schema import Problem, UsageError, load_places, parse_scheme
from goldspan.schema.files.installed_types import value_type_names
from goldspan.schema.values.numbers import Number
from goldspan.workflows import LabelAnswer, ProjectAnswers, create_project
from goldspan.workflows.new_project.label_values import value_fields, value_forms
from goldspan.workflows.new_project.project_answers import scheme_of_answers
from goldspan.workflows.new_project.project_files import TEMPLATES

from ..cli.calls import COMMAND
from ..odd_labels import FIELDS, NAMES


def test_a_scheme_with_any_label_names_is_written_and_read_as_it_was_answered(tmp_path: Path) -> None:
    labels = tuple(LabelAnswer(name, f'What "{name}" is.', FIELDS if n % 2 else {}) for n, name in enumerate(NAMES))
    answers = ProjectAnswers("odd", 'A "title" *of* <ours> \\ 标题', None, labels, overlap=True)
    create_project(answers, tmp_path)
    text = (tmp_path / "scheme.toml").read_text("utf-8")
    assert parse_scheme(text) == scheme_of_answers(answers) and list(parse_scheme(text).labels) == list(NAMES)
    assert text.count(" # ") >= 5
    headings = re.findall(r"^## (.*)$", (tmp_path / "guidelines.md").read_text("utf-8"), re.M)
    assert len(headings) == 1 + len(NAMES)
    settings = load(tmp_path / "goldspan.toml", option_schema(COMMAND), named=False)
    assert settings.defaults["studio"]["push"]["guidelines"] == str(tmp_path / "guidelines.md")


@pytest.mark.parametrize("form", [form for form, _ in value_forms()])
def test_every_type_of_value_can_be_answered_as_it_is_shown(form: str) -> None:
    for answer in {re.sub(r"\[.*", "", form), re.sub(r"[\[\]]", "", form)}:
        fields = value_fields(answer)
        answers = ProjectAnswers("x", "X", "de", (LabelAnswer("A", "a", fields), LabelAnswer("B", "b", fields)))
        assert {item.type.name for item in scheme_of_answers(answers).labels["B"].fields.values()} <= {form.partition(":")[0].partition("[")[0]}  # fmt: skip
    assert len(fields) == (form != "none")


def test_every_type_of_value_is_offered() -> None:
    assert {re.split(r"[:\[]", form)[0] for form, _ in value_forms()} == {*value_type_names(), "none"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (("date",), "unknown value type 'date'. Fix: use 'edtf'"),
        (("choice",), "choice without its choices. Fix: choice:A,B"),
        (("text:long",), "text takes nothing after a colon. Fix: text"),
        (("none", "text"), "none is given beside another type"),
        (("interval", "interval "), "keep one field of type interval"),
        (("money:eur",), "'eur' is not a currency of ISO 4217. Fix: did you mean 'EUR'?"),
        (("money:gold coins",), 'is not a currency of ISO 4217. Fix: write its three letters, such as "EUR"'),
        (("number:km,UCUM",), "'UCUM' is not a unit, but the code of all units. Fix: write unit = \"UCUM\""),
        (("number:UCUM,KM",), "'KM' is not a unit of UCUM. Fix: write 'km'"),
        (("choice:a,a",), "duplicate entry. Fix: remove one"),
    ],
)
def test_values_that_cannot_be_are_refused(answers: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        value_fields(*answers)


@pytest.mark.parametrize(
    ("answer", "units"), [("number:UCUM", ()), ("number:ucum", ()), ("number:UCUM, km,m", ("km", "m"))]
)
def test_numbers_in_units_of_ucum_can_be_answered(answer: str, units: tuple[str, ...]) -> None:
    answers = ProjectAnswers("x", "X", "de", (LabelAnswer("A", "a", value_fields(answer)),))
    [field] = scheme_of_answers(answers).labels["A"].fields.values()
    assert field.type == Number(unit="UCUM", units=tuple((name, None) for name in units))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (ProjectAnswers("a b", "T", None, (LabelAnswer("A"),)), "'a b' cannot be the name of a scheme and of a folder. Fix: a-b"),
        (ProjectAnswers("../up", "T", None, (LabelAnswer("A"),)), "Fix: up, "),
        (ProjectAnswers("суд", "T", None, (LabelAnswer("A"),)), r"Fix: a word of a-z, 0-9 and -, such as court-decisions, with the name"),
        (ProjectAnswers("x", "T", None, ()), "at least one label"),
        (ProjectAnswers("x", "T\nU", None, (LabelAnswer("A"),)), "the title contains a control character"),
        (ProjectAnswers("x", "T", None, (LabelAnswer("A", "\udcff"),)), "the definition of A contains"),
        (ProjectAnswers("x", "T", None, (LabelAnswer(" A"),)), "begins or ends with a blank"),
    ],
)  # fmt: skip
def test_answers_that_describe_no_project_are_refused(answers: ProjectAnswers, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        create_project(answers, tmp_path / "new")
    assert not (tmp_path / "new").exists()


EXAMPLE = TEMPLATES["disaster"]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    create_project("disaster", folder, example=True)
    return folder


def test_the_gold_of_the_example_is_of_its_texts_and_uses_all_of_its_scheme(example: Path) -> None:
    scheme = EXAMPLE.scheme()
    articles = list(read_articles(str(example / "articles"), SourceOptions()))
    problems: list[Problem] = []
    documents = build_documents(articles, scheme, report=problems.append, note=lambda _: None)
    built = {document.id: document for document in documents}
    assert problems == []
    gold = list(read_records(example / "example-gold.jsonl", scheme))
    assert [document.id for document in gold] == sorted(built) and len(gold) == 12
    for document in gold:
        assert (document.text, document.meta) == (built[document.id].text, built[document.id].meta)
        assert document.meta.language == "de" and document.meta.published
    spans = [span for document in gold for span in document.spans]
    assert all(span.value is not None for span in spans)
    for label in scheme.labels.values():
        for key in (key for field in label.fields.values() for key in field.keys):
            parts = {getattr(span.value, key.name) for span in spans if span.label == label.name}
            assert len(parts) > 1, (label.name, key.name)
            used = {one for part in parts for one in (part if isinstance(part, tuple) else (part,))}
            assert set(key.choices) <= used, (label.name, key.name)


def test_the_example_is_invented_and_says_so(example: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((example / "orte.csv").read_text("utf-8"))))
    used = {span.value.id for document in read_records(example / "example-gold.jsonl", EXAMPLE.scheme()) for span in document.spans if span.label == "ORT"}  # fmt: skip
    assert {row["id"] for row in rows} == used
    places = load_places()
    for row in rows:
        for name in row["names"].split("|"):
            assert not places.candidates(name), f"{name} is a real place"
    for path in (example / "articles").glob("*.txt"):
        assert path.read_text("utf-8").endswith("\nErfundene Meldung, geschrieben für das Beispiel von goldspan.\n")


def test_the_guidelines_of_the_example_are_those_of_its_scheme(example: Path) -> None:
    guidelines, scheme = (example / "guidelines.md").read_text("utf-8"), EXAMPLE.scheme()
    assert f"Version {scheme.guidelines}, für das Schema `{scheme.ref}`" in guidelines
    assert re.findall(r"^## (.*)$", guidelines, re.M) == list(scheme.labels)
    for label in scheme.labels.values():
        section = guidelines.partition(f"## {label.name}\n")[2].partition("\n## ")[0]
        assert "Nicht markiert: " in section
        assert all(f"`{name}`" in section for name in label.fields)


def test_the_manifest_of_the_example_has_every_article(example: Path) -> None:
    manifest = tomllib.loads((example / "articles" / "manifest.toml").read_text("utf-8"))
    assert sorted(item["file"] for item in manifest["article"]) == sorted(path.name for path in (example / "articles").glob("*.txt"))  # fmt: skip
