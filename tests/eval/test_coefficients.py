"""Coefficients of agreement beside other programs, by label and document, with intervals, and who agrees least."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldspan.eval import agreement
from goldspan.eval.coefficients.pass_columns import SharedDocuments
from goldspan.eval.coefficients.resampling import DocumentResampling
from goldspan.eval.coefficients.token_agreement import cohen_kappa, gwet_ac1
from goldspan.eval.metric_types.agreement_metrics import GammaCoefficient
from goldspan.eval.report import agreement_page
from goldspan.eval.report.agreement_parts import lowest_table
from goldspan.schema import Document, Metadata, Scheme, Span, UsageError

from ..conftest import Run, record, span, write_lines
from .continua import Continuum, Units, alpha_u, disagreement

# Krippendorff 2004, p. 254, and 1995, p. 57: alpha-u by category, by dkpro-statistics 2 for the same units
BY_CATEGORY: dict[str, tuple[list[dict[str, Units]], int, list[float]]] = {
    "Krippendorff2004.p254": (
        [
            {"c": [(75, 145), (220, 250)], "k": [(30, 90), (150, 200)]},
            {"c": [(70, 150), (205, 225), (250, 270)], "k": [(30, 90), (150, 200)]},
        ],
        300,
        [0.728598996805389, 1.0],
    ),
    "Krippendorff1995.p57.x1": (
        [
            {
                "A": [(2, 10), (14, 20)],
                "B": [(0, 18)],
                "C": [(2, 8), (10, 12), (14, 18), (20, 22)],
                "D": [(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)],
            },
            {
                "A": [(4, 8), (15, 17)],
                "B": [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)],
                "C": [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)],
                "D": [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)],
            },
        ],
        24,
        [0.5152877697841727, -1.081078508599186, 0.6033478893740902, -0.20684865900383143],
    ),
    "Krippendorff1995.p57.x5": (
        [
            {
                "A": [(10, 50), (70, 100)],
                "B": [(0, 90)],
                "C": [(10, 40), (50, 60), (70, 90), (100, 110)],
                "D": [(0, 10), (10, 50), (50, 70), (70, 100), (100, 120)],
            },
            {
                "A": [(20, 40), (75, 85)],
                "B": [(0, 10), (10, 15), (15, 20), (20, 25), (25, 30), (30, 45), (45, 50)],
                "C": [(0, 10), (20, 40), (50, 70), (80, 90), (100, 110)],
                "D": [(0, 20), (20, 40), (40, 75), (75, 85), (85, 120)],
            },
        ],
        120,
        [0.5451559020044543, -0.9576153121028348, 0.6769524078519984, 0.01931710627911032],
    ),
    "Krippendorff1995.p57.x500": (
        [
            {
                "A": [(1000, 5000), (7000, 10000)],
                "B": [(0, 9000)],
                "C": [(1000, 4000), (5000, 6000), (7000, 9000), (10000, 11000)],
                "D": [(0, 1000), (1000, 5000), (5000, 7000), (7000, 10000), (10000, 12000)],
            },
            {
                "A": [(2000, 4000), (7500, 8500)],
                "B": [(0, 1000), (1000, 1500), (1500, 2000), (2000, 2500), (2500, 3000), (3000, 4500), (4500, 5000)],
                "C": [(0, 1000), (2000, 4000), (5000, 7000), (8000, 9000), (10000, 11000)],
                "D": [(0, 2000), (2000, 4000), (4000, 7500), (7500, 8500), (8500, 12000)],
            },
        ],
        12000,
        [0.5528692640063391, -0.9286710134551137, 0.6929235269468056, 0.06542442675262439],
    ),
    "Krippendorff1995.p57.x50000": (
        [
            {
                "A": [(100000, 500000), (700000, 1000000)],
                "B": [(0, 900000)],
                "C": [(100000, 400000), (500000, 600000), (700000, 900000), (1000000, 1100000)],
                "D": [(0, 100000), (100000, 500000), (500000, 700000), (700000, 1000000), (1000000, 1200000)],
            },
            {
                "A": [(200000, 400000), (750000, 850000)],
                "B": [
                    (0, 100000),
                    (100000, 150000),
                    (150000, 200000),
                    (200000, 250000),
                    (250000, 300000),
                    (300000, 450000),
                    (450000, 500000),
                ],
                "C": [(0, 100000), (200000, 400000), (500000, 700000), (800000, 900000), (1000000, 1100000)],
                "D": [(0, 200000), (200000, 400000), (400000, 750000), (750000, 850000), (850000, 1200000)],
            },
        ],
        1200000,
        [0.5529468148732835, -0.9283846712468944, 0.6930787892822531, 0.06586888110729805],
    ),
}

# Gwet's AC1 by irrCAC 0.4.4 (numpy 1.26.4, pandas 2.3.3), which gives five decimals:
# `CAC(pandas.DataFrame(items), categories=[0.0, 1.0, …]).gwet()["est"]["coefficient_value"]`,
# where items has a row for each item and a column for each rater, NaN for a dot
AC1 = json.loads((Path(__file__).parent / "gwet_ac1.json").read_text("utf-8"))


@pytest.mark.parametrize("name", BY_CATEGORY)
def test_alpha_u_of_a_category_is_that_of_its_units_alone(name: str) -> None:
    observers, length, expected = BY_CATEGORY[name]
    part = Continuum(length, dict(zip("ab", observers, strict=True)))
    assert disagreement([part]).alpha()[:-1] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "case", AC1, ids=lambda case: f"{len(case['items'][0])} raters, {case['categories']} categories"
)
def test_ac1_is_gwets(case: Any) -> None:
    counts = np.array([[row.count(str(k)) for k in range(case["categories"])] for row in case["items"]], dtype=float)
    raters = counts.sum(axis=1)
    agreeing = ((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))).sum()
    shares = (counts / raters[:, None]).sum(axis=0)
    found = gwet_ac1(agreeing, np.array(float(len(counts))), shares)
    assert found == pytest.approx(case["ac1"], abs=1e-5)


WORDS = [(i * 6, i * 6 + 5) for i in range(12)]
TEXT = " ".join(["abcde"] * 12)
LABELS = ("ACTOR", "LOCATION", "DATE", "COUNT")


def passes(seed: int, documents: int, quality: dict[str, float], missing: float = 0.0) -> dict[str, list[Document]]:
    rng = random.Random(seed)
    made: dict[str, list[Document]] = {name: [] for name in quality}
    for number in range(documents):
        true = [(place, rng.choice(LABELS)) for place in WORDS if rng.random() < 0.5]
        for name, right in quality.items():
            spans = tuple(
                Span(start, end - (rng.random() > right), label if rng.random() < right else rng.choice(LABELS))
                for (start, end), label in true
                if rng.random() < right
            )
            if rng.random() >= missing:
                meta = Metadata(language="en")
                made[name].append(Document(id=f"d{number:03}", text=TEXT, spans=spans, meta=meta))
    return made


THREE = {"ada": 0.95, "ben": 0.95, "cy": 0.6}


def test_ac1_and_kappa_of_passes_are_those_of_their_tokens(scheme: Scheme) -> None:
    layers = passes(1, 6, {"ada": 0.9, "ben": 0.8})
    found = agreement(layers, scheme)
    tags = {
        name: [
            next((s.label for s in document.spans if s.start < end and start < s.end), "O")
            for document in documents
            for start, end in WORDS
        ]
        for name, documents in layers.items()
    }
    rows = list(zip(tags["ada"], tags["ben"], strict=True))
    share = [np.mean([[tag == name for tag in row] for row in rows]) for name in ("O", *LABELS)]
    agreed, chance = np.mean([a == b for a, b in rows]), sum(p * (1 - p) for p in share) / 4
    assert found.token_ac1 == pytest.approx((agreed - chance) / (1 - chance), abs=1e-12)
    by_chance = sum(np.mean([a == x for a, _ in rows]) * np.mean([b == x for _, b in rows]) for x in ("O", *LABELS))
    assert found.token_kappa == pytest.approx((agreed - by_chance) / (1 - by_chance), abs=1e-12)


@pytest.mark.parametrize("seed", range(2))
def test_figures_of_labels_and_documents_are_what_they_are_alone(seed: int, scheme: Scheme) -> None:
    layers = passes(seed, 12, THREE, missing=0.2)
    found = agreement(layers, scheme, resamples=0)
    for label, value in found.alpha_u_labels.items():
        only = {
            name: [
                Document(id=d.id, text=d.text, spans=tuple(s for s in d.spans if s.label == label)) for d in documents
            ]
            for name, documents in layers.items()
        }
        assert agreement(only, scheme, resamples=0).alpha_u == value
    strict = [item.strict_f1 for item in found.by_document.documents if item.strict_f1 is not None]
    assert strict == sorted(strict) and len(found.by_document.documents) == found.documents
    for item in found.by_document.documents:
        alone = agreement(
            {n: [d for d in ds if d.id == item.document] for n, ds in layers.items()}, scheme, resamples=0
        )
        assert item.passes == sum(any(d.id == item.document for d in documents) for documents in layers.values())
        assert alone.alpha_u == pytest.approx(item.alpha_u, abs=1e-9)
        assert alone.token_alpha == pytest.approx(item.token_alpha, abs=1e-9)
        if item.passes == 2:
            assert [p.strict_f1 for p in alone.pairwise if p.documents] == [item.strict_f1]
    spread = found.by_document.strict_f1
    assert (spread.minimum, spread.maximum, spread.documents) == (strict[0], strict[-1], len(strict))
    assert spread.mean == pytest.approx(np.mean(strict)) and spread.deviation == pytest.approx(np.std(strict, ddof=1))
    assert spread.median == pytest.approx(np.median(strict))


def test_intervals_of_alpha_u_are_those_of_resampled_corpora() -> None:
    """Against alpha of each resample, computed anew, in which documents stand in another order."""
    rng = random.Random(4)
    parts = []
    for _ in range(40):
        edges = sorted(rng.sample(range(0, 300, 2), 12))
        units = list(zip(edges[::2], edges[1::2], strict=True))
        moved = [(start, end + rng.randint(0, 1)) for start, end in units if rng.random() < 0.8]
        parts.append(Continuum(310, {"a": {"c": units}, "b": {"c": moved}}))
    whole = disagreement(parts)
    draws = np.random.default_rng(0).integers(0, len(parts), (100, len(parts)))
    weights = np.stack([np.bincount(draw, minlength=len(parts)) for draw in draws]).astype(float)
    found = whole.resampled(weights @ whole.columns)[:, -1]
    anew = np.array([alpha_u([parts[i] for i in draw]) for draw in draws])
    assert np.abs(found - anew).max() < 0.1 * anew.std()


def test_every_coefficient_has_an_interval_from_ten_documents_on(scheme: Scheme) -> None:
    found = agreement(passes(2, 30, THREE), scheme).to_dict()
    names = ("alpha_u", "token_alpha", "token_kappa", "token_ac1")
    for node in (found, *found["pairwise"]):
        of_labels = [(node["alpha_u_labels"][x], node["interval"]["alpha_u_labels"][x]) for x in LABELS]
        figures = [*((node[name], node["interval"][name]) for name in names), *of_labels]
        if "strict_f1" in node:
            figures += [(node[name], node["interval"][name]) for name in ("strict_f1", "partial_f1")]
            figures += [(node["labels"][x], node["interval"]["labels"][x]) for x in LABELS]
        assert all(low < value < high for value, (low, high) in figures)
    few = passes(2, 9, THREE)
    assert agreement(few, scheme).intervals.alpha_u is None
    assert "9 documents: too few for intervals, which require at least 10" in agreement(few, scheme).notes
    shown = agreement(few, scheme, intervals=True)
    assert shown.intervals.alpha_u and shown.intervals.coverage and shown.intervals.coverage.simulated == 0.88
    assert agreement(few, scheme, resamples=0).to_dict()["interval"]["coverage"] is None
    with pytest.raises(UsageError, match=r"`resamples`: -1 is negative. Fix:"):
        agreement(few, scheme, resamples=-1)


def test_an_outlier_is_named_only_where_chance_is_excluded(scheme: Scheme, goldspan: Run, tmp_path: Path) -> None:
    found = agreement(passes(3, 30, THREE), scheme)
    assert [item.name for item in found.outliers] == ["cy"]
    by_name = {item.name: item for item in found.by_pass}
    f1 = {frozenset((p.a, p.b)): p.strict_f1 or 0 for p in found.pairwise}
    with_others = (f1[frozenset(("ada", "cy"))] + f1[frozenset(("ben", "cy"))]) / 2
    assert by_name["cy"].difference == pytest.approx(with_others - f1[frozenset(("ada", "ben"))])
    assert agreement(passes(3, 30, dict.fromkeys("abc", 0.9)), scheme).outliers == []
    assert agreement(passes(3, 30, {"ada": 0.9, "ben": 0.5}), scheme).by_pass == []
    files = []
    for name, documents in passes(3, 30, THREE).items():
        rows = (
            record(d.id, TEXT, spans=[span(s.start, s.end, s.label) for s in d.spans], layer={"annotator": name})
            for d in documents
        )
        files.append(write_lines(tmp_path / f"{name}.jsonl", *rows))
    shown = goldspan("agree", *files, "--names").stdout
    assert "outlier: cy agrees less with the others" in shown and shown.count("outlier") == 1
    matrix = shown[shown.index("strict F1 ") :].splitlines()
    assert matrix[0].split() == ["strict", "F1", "ada", "ben", "cy"] and matrix[1].split()[1] == "-"
    assert "outlier" not in goldspan("agree", *files, "--resamples", 0).stdout


def test_no_outlier_is_named_from_few_documents(scheme: Scheme) -> None:
    def layers(documents: int) -> dict[str, list[Document]]:
        spans = {"ada": (0, 5), "ben": (0, 5), "cy": (0, 4)}
        return {
            name: [Document(id=f"d{n}", text=TEXT, spans=(Span(*bounds, "ACTOR"),)) for n in range(documents)]
            for name, bounds in spans.items()
        }

    for documents in (2, 9, 10):
        found = agreement(layers(documents), scheme, intervals=True, resamples=50)
        interval = found.by_pass[2].interval
        assert interval is not None and interval.high < 0
        assert [item.name for item in found.outliers] == ["cy"] * (documents >= 10)
        assert [item["is_outlier"] for item in found.to_dict()["by_pass"]] == [False, False, documents >= 10]
    of_ten = layers(10)
    of_ten["cy"] = of_ten["cy"][:2]  # two documents say little, however many the others have read
    assert agreement(of_ten, scheme, intervals=True, resamples=50).outliers == []


def test_kappa_is_linear_in_the_categories_and_null_where_nothing_differs() -> None:
    rng = np.random.default_rng(2)
    table = rng.integers(0, 50, (7, 6, 6))
    sums = np.column_stack([np.trace(table, axis1=1, axis2=2), table.sum(axis=2), table.sum(axis=1)]).astype(float)
    total = table.sum(axis=(1, 2))
    by_chance = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1) / total**2
    assert cohen_kappa(sums) == pytest.approx((sums[:, 0] / total - by_chance) / (1 - by_chance), abs=1e-12)
    assert np.isnan(cohen_kappa(np.array([[5.0, 5, 0, 5, 0], [0, 0, 0, 0, 0]]))).all()
    many = np.ones((10, 1 + 2 * 100_000))  # a table of all pairs of categories has 800 GB
    assert cohen_kappa(many).shape == (10,)


def test_one_note_is_for_all_pairs_and_passes_with_the_same_reason(scheme: Scheme) -> None:
    bare = [Document(id="d", text=TEXT, spans=(Span(0, 5, "ACTOR"),))]
    found = agreement({f"p{n:02}": bare for n in range(25)}, scheme, resamples=0)
    empty = "alpha_u is null for labels without spans: LOCATION, DATE, COUNT"
    assert f"each pair of passes: {empty}" in found.notes and empty in found.notes and len(found.notes) == 3
    [values] = [note for note in found.notes if "have no values" in note]
    assert values.startswith("p00, p01, ") and values.endswith(
        "p19 … (25 in all) have no values for ACTOR: not compared"
    )
    dated = [Document(id="d", text=TEXT, spans=(Span(0, 5, "DATE"),))]
    notes = agreement({"a": bare, "b": bare, "c": dated}, scheme, resamples=0).notes
    assert (
        f"a - b: {empty}" in notes
        and "a - c, b - c: alpha_u is null for labels without spans: LOCATION, COUNT" in notes
    )


def test_resamples_that_leave_a_figure_undefined_are_told_of_f1_and_gamma(
    scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    # spans are in the first document alone, which some resamples do not have; they overlap, and without texts there is
    # no kappa, so F1 is all there is
    of_pass = {
        name: [
            Document(
                id=f"d{n:02}",
                text_length=50,
                text_sha256="0" * 64,
                spans=(Span(0, end, "ACTOR"), Span(0, 9, "ACTOR")) if n == 0 else (),
            )
            for n in range(12)
        ]
        for name, end in (("a", 4), ("b", 5))
    }

    def gamma(shared: SharedDocuments, resampling: DocumentResampling) -> tuple[GammaCoefficient, list[str]]:
        resampling.undefined["gamma"] = 999
        return GammaCoefficient(tuple(shared.names), 0.5, None, 0), []

    monkeypatch.setattr("goldspan.eval.pass_agreement.gamma_of", gamma)
    for asked, path in ((False, "strict_f1"), (True, "gamma")):
        [note] = [note for note in agreement(of_pass, scheme, gamma=asked).notes if "undefined" in note]
        assert note.endswith(f"of 1000, for {path}")


def test_a_label_whose_spans_overlap_leaves_the_others_their_alpha(scheme: Scheme) -> None:
    spans = {
        "a": [Span(0, 5, "ACTOR"), Span(3, 8, "ACTOR"), Span(12, 17, "DATE")],
        "b": [Span(0, 5, "ACTOR"), Span(12, 17, "DATE")],
    }
    layers = {name: [Document(id="d", text=TEXT, spans=tuple(of_pass))] for name, of_pass in spans.items()}
    found = agreement(layers, scheme)
    assert (found.alpha_u, found.alpha_u_labels["ACTOR"], found.alpha_u_labels["DATE"]) == (None, None, 1)
    assert found.by_document.documents[0].alpha_u is None
    assert "alpha_u is null: spans of ACTOR overlap in d" in found.notes
    assert "alpha_u is null for labels without spans: LOCATION, COUNT" in found.notes


def test_figures_stand_in_frames_and_on_the_page(scheme: Scheme) -> None:
    layers = passes(5, 12, THREE)
    found = agreement(layers, scheme)
    pairs, documents, by_pass = (found.to_pandas(rows) for rows in ("pairs", "documents", "passes"))
    first = found.pairwise[0]
    row = pairs.iloc[0]
    assert (row["token_ac1"], row["alpha_u_DATE"]) == (first.token_ac1, first.alpha_u_labels["DATE"])
    assert first.intervals.labels["DATE"] == (row["f1_DATE_low"], row["f1_DATE_high"])
    assert documents["document"][0] == found.by_document.documents[0].document
    assert documents["strict_f1"].is_monotonic_increasing
    assert by_pass["difference"].tolist() == [item.difference for item in found.by_pass]
    page = "".join(agreement_page(found, layers, scheme).html())
    told = ", ".join(f"{p.a} and {p.b} {p.strict_f1:.3f}" for p in found.pairwise)
    assert f'role="img" aria-label="strict F1: {told}"' in page or f'aria-label="strict F1: {told}" role="img"' in page
    for text in ("Gwet's AC1 over tokens", "alpha-u of DATE", "12 documents with the lowest strict F1"):
        assert text.replace("'", "&#39;") in page
    assert lowest_table(found.by_document.documents[:1]).caption.startswith("the document with the lowest strict F1")
