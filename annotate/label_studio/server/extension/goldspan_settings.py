"""Settings of goldspan's own server: Label Studio's, with one more request.

Read by the server's own Python, which has no goldspan.
"""

from importlib.util import find_spec
from pathlib import Path

_spec = find_spec("label_studio.core.settings.label_studio")
assert _spec is not None and _spec.origin is not None
# run here and not imported: while it runs, it uses parts of the server that look up settings in this module
exec(compile(Path(_spec.origin).read_bytes(), _spec.origin, "exec"))

ROOT_URLCONF = "goldspan_urls"
