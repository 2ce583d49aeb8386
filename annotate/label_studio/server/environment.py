"""What an embedded server is told: who may use it, to stay on this machine, to call nobody."""

from __future__ import annotations

import os

from .credentials import Credentials
from .paths import ServerPaths

_KEPT = ("PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

_CLOSED_AND_QUIET = {
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "SSRF_PROTECTION_ENABLED": "true",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "DEBUG": "false",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "FEATURE_FLAGS_OFFLINE": "true",
    "CONVERTER_DOWNLOAD_RESOURCES": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LOG_LEVEL": "ERROR",
    "ENABLE_LEGACY_API_TOKEN": "true",
}

_NO_WAY_OUT = {
    # a page that is open asks for tips, which the server fetches from outside, and no setting turns that off
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1"),
}
"""A proxy that is not there, for all but this machine."""

_FLAGS = {
    # without it each import of suggestions reads the whole project
    "fflag_fix_back_4620_memory_efficient_predictions_import_08012025_short": "true",
}


def quiet_environment(folder: str) -> dict[str, str]:
    """The environment of any call of the server program, with its data in the folder.

    Nothing else of ours goes along: the server takes settings by plain names such as HOST or DEBUG, and has no use for
    keys of other services.
    """
    ours = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}
    return {
        **ours,
        # it writes below its user's home
        "HOME": folder,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        "LABEL_STUDIO_BASE_DATA_DIR": folder,
        **{f"LABEL_STUDIO_{name}": value for name, value in _CLOSED_AND_QUIET.items()},
        **_NO_WAY_OUT,
        **_FLAGS,
    }


def server_environment(place: ServerPaths, credentials: Credentials, *, local_backends: bool) -> dict[str, str]:
    """The environment of a server that serves; secrets go this way since arguments show in lists of processes.

    Args:
        place: Of the server.
        credentials: Of its user.
        local_backends: May it call services that make suggestions on this machine.
    """
    return {
        **quiet_environment(str(place.data)),
        "LABEL_STUDIO_USERNAME": credentials.username,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
        "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false" if local_backends else "true",
    }
