"""A server for benchmarks, and documents to push to it."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goldspan.annotate.label_studio import StudioClient, down, resolve_connection, studio_client, studio_paths, up
from goldspan.schema import Document, Layer, Span, conflict_scheme

_WORDS = (
    "fighters killed civilians near town officials said attack group army police wounded Tuesday northern province "
    "village according sources Monday after clashes"
).split()


@contextmanager
def studio_server(database: str | None = None) -> Iterator[StudioClient]:
    """Run a server with separate data; its installation is shared with the user's servers.

    Args:
        database: As in `up`.
    """
    environments = studio_paths().environments
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the account of a PostgreSQL, which is not root's, has to enter it
        environment = {name: os.environ.get(name) for name in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV")}
        os.environ |= {"GOLDSPAN_HOME": folder, "GOLDSPAN_SERVER_ENV": str(environments)}
        try:
            up(database=database, progress=lambda what, _done, _total: None)
            with studio_client(resolve_connection()) as api:
                yield api
        finally:
            down()
            for name, value in environment.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def make_document(number: int) -> Document:
    """Return a document with 3 kB of text and 25 spans with values."""
    rng = random.Random(number)
    words = [rng.choice(_WORDS) for _ in range(440)]
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word) + 1)
    scheme = conflict_scheme()
    values = {
        "ACTOR": scheme.value("ACTOR", kind="state"),
        "LOCATION": scheme.value("LOCATION", kind="settlement", id="a-town", lat=36.0, lon=40.7),
        "DATE": scheme.value("DATE", edtf="2016-05-03"),
        "COUNT": scheme.value("COUNT", min=3, max=5, unit="killed"),
    }
    labels = list(values)
    spans = tuple(
        Span(offsets[i], offsets[i] + len(words[i]), labels[k % 4], values[labels[k % 4]])
        for k, i in enumerate(range(0, 425, 17))
    )
    return Document(id=f"doc-{number}", text=" ".join(words), spans=spans, layer=Layer(annotator="bench"))
