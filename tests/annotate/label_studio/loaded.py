"""Imported once by the process that commands are forked from: all that a push and a pull load as they go."""

from __future__ import annotations

import io
from contextlib import redirect_stdout, suppress

import httpx  # noqa: F401
import tqdm  # noqa: F401

from goldspan.annotate.label_studio.mapping.labeling_config import check_labeling_config, labeling_config
from goldspan.cli.main import app
from goldspan.schema import conflict_scheme

check_labeling_config(labeling_config(conflict_scheme()))
with redirect_stdout(io.StringIO()), suppress(SystemExit):
    app(["--version"], standalone_mode=False)
