"""`goldspan corpus terms`: the surfaces of each label, their values, and where they are not labelled."""

from __future__ import annotations

from typing import Annotated

import typer

from ....schema.errors import pluralize
from ...completion import complete_labels
from ...console import ProblemCollector, note, progress_bar, result_json, table
from ...option_effects import effects
from ...options import Json, Lenient, RecordsFile, SchemeFile, comma_separated


@effects()
def terms(
    file: RecordsFile,
    labels: Annotated[
        str, typer.Option(help="List only these labels, separated by commas.", autocompletion=complete_labels)
    ] = "",
    least: Annotated[int, typer.Option("--min", min=1, help="List terms with at least so many spans.")] = 1,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Also write a dictionary (.csv), a row for each form of a term."),
    ] = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """List what is labelled: terms with their forms and values, and where the same words are not labelled.

    Forms that differ in case, white space, apostrophes or hyphens, or in English in a possessive ending, are one term;
    so is an English plural with its singular, if both are labelled.
    """
    from ....corpus.queries.term_list import other_labels
    from ....schema import load_scheme
    from ....workflows.corpus_work.corpus_terms import check_dictionary_file, list_terms, write_dictionary

    loaded = load_scheme(scheme)
    if out is not None:
        check_dictionary_file(file, out)
    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        listed = list_terms(
            file,
            loaded,
            labels=comma_separated("--labels", labels),
            least=least,
            lenient=problems if lenient else None,
            progress=progress,
        )
    others = other_labels(listed.terms)
    if json:
        result_json(
            {
                "documents": listed.documents,
                "text_free": listed.text_free,
                "rare": listed.rare,
                "terms": [
                    {
                        "label": term.label,
                        "surface": term.surface,
                        "spans": term.spans,
                        "documents": term.documents,
                        "forms": {form: term.forms[form] for form in sorted(term.forms)},
                        "values": [{"value": value, "share": share} for value, share in term.value_shares()],
                        "unlabelled": term.unlabelled,
                        "unlabelled_documents": term.unlabelled_documents,
                        "other_labels": {
                            name: count for name, count in others.get(term.key, {}).items() if name != term.label
                        },
                    }
                    for term in listed.terms
                ],
            }
        )
    else:
        table(
            [
                (
                    term.surface,
                    term.label,
                    term.spans,
                    term.documents,
                    len(term.forms),
                    term.known_values,
                    "-" if term.main_share is None else f"{term.main_share:.2f}",
                    term.unlabelled,
                )
                for term in listed.terms
            ],
            ("term", "label", "spans", "documents", "forms", "values", "main", "unlabelled"),
        )
        note(f"{pluralize(len(listed.terms), 'term')} in {pluralize(listed.documents, 'document')}")
    if listed.rare:
        note(f"note: {pluralize(listed.rare, 'term')} with fewer than {pluralize(least, 'span')} left out")
    if listed.text_free:
        note(f"note: {pluralize(listed.text_free, 'document')} without text not counted. Fix: restore the texts")
    if out is not None:
        rows, contested = write_dictionary(out, listed.terms)
        note(f"{pluralize(rows, 'form')} -> {out}")
        if contested:
            note(f"note: {pluralize(contested, 'term')} without a value there, because none is that of most spans")
    raise typer.Exit(problems.status())
