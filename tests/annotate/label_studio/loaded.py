"""Imported once by the process that commands are forked from: all that a push and a pull load as they go."""

from __future__ import annotations

import gc
import io
from contextlib import redirect_stdout, suppress

import httpcore  # noqa: F401
import httpx  # noqa: F401
import label_studio_sdk.base_client
import label_studio_sdk.projects.client
import label_studio_sdk.users.client  # noqa: F401
import numpy  # noqa: F401
import pyarrow  # noqa: F401
import tqdm  # noqa: F401

from goldspan.annotate.http_policy import trusted_certificates
from goldspan.annotate.label_studio.client import queries, response_forms, token_transport  # noqa: F401
from goldspan.annotate.label_studio.mapping.labeling_config import check_labeling_config, instructions, labeling_config
from goldspan.annotate.label_studio.mapping.pickers.id_lists import earlier_entries, list_content, list_sources
from goldspan.annotate.label_studio.mapping.tasks import make_task, task_lists
from goldspan.annotate.label_studio.sync import annotated_tasks, pull, push, task_removal  # noqa: F401
from goldspan.cli.main import app
from goldspan.schema import Document, Span, conflict_scheme
from goldspan.workflows.studio import pull_project, push_project, review_project, studio_servers  # noqa: F401

trusted_certificates(trust_env=False)
_scheme = conflict_scheme()
check_labeling_config(labeling_config(_scheme))
instructions(_scheme)
for _source in list_sources(_scheme):
    earlier_entries(_source, list_content(_source, []))
_known = Document(id="a", text="Kyiv", spans=())
# what is offered for a document is found by the rules, with spaCy
assert make_task(_known, {"x": [Span(0, 4, "LOCATION")]}, _scheme, lists=task_lists(_scheme)).data()
with redirect_stdout(io.StringIO()), suppress(SystemExit):
    app(["--version"], standalone_mode=False)

# the garbage collector of a forked process would write to every object that is here, which copies their memory
gc.collect()
gc.freeze()
