"""Settings of goldspan's own server: Label Studio's, with one more request, and a page with other defaults.

Read by the server's own Python, which has no goldspan.
"""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path

_spec = find_spec("label_studio.core.settings.label_studio")
assert _spec is not None and _spec.origin is not None
# into this module: while they are read, parts of the server already look up settings here
SourceFileLoader(__name__, _spec.origin).exec_module(sys.modules[__name__])

ROOT_URLCONF = "goldspan_urls"
# the one template extends Label Studio's of the same name
globals()["TEMPLATES"][0]["DIRS"].insert(0, str(Path(__file__).with_name("templates")))
