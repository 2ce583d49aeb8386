"""Environment variables of an embedded server: no sign-up, on this machine only, no outgoing calls."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .credentials import Credentials
from .paths import ServerPaths

_INHERITED = ("PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

_SETTINGS = {
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "SSRF_PROTECTION_ENABLED": "true",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "DEBUG": "false",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "FEATURE_FEATURE_FLAGS_OFFLINE": "true",
    "CONVERTER_DOWNLOAD_RESOURCES": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LOG_LEVEL": "ERROR",
    "ENABLE_LEGACY_API_TOKEN": "true",
}

_UNREACHABLE_PROXY = {
    # an open page requests tips, which the server fetches from the internet, and no setting turns that off
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost,::1"),
}
"""A proxy that does not exist, for all addresses but this machine: blocks outgoing calls."""

_FEATURE_FLAGS = {
    # without this flag each import of suggestions reads the whole project
    "fflag_fix_back_4620_memory_efficient_predictions_import_08012025_short": "true",
}


def quiet_environment(folder: str) -> dict[str, str]:
    """Return the environment for any call of the server program that keeps its data in `folder`.

    Few variables are inherited: the server reads settings under plain names such as HOST or DEBUG, and must not get
    the keys of other services.
    """
    inherited = {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("LC_")}
    return {
        **inherited,
        # the server writes files below its user's home
        "HOME": folder,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        "LABEL_STUDIO_BASE_DATA_DIR": folder,
        **{f"LABEL_STUDIO_{name}": value for name, value in _SETTINGS.items()},
        **_UNREACHABLE_PROXY,
        **_FEATURE_FLAGS,
    }


def server_environment(
    paths: ServerPaths, credentials: Credentials, database: Mapping[str, str], *, local_backends: bool
) -> dict[str, str]:
    """Return the environment to start a server with.

    Secrets are passed as variables because command-line arguments are visible in process lists.

    Args:
        paths: Paths of the server.
        credentials: Credentials of its user.
        database: The variables that name its database.
        local_backends: Whether it may call machine learning backends on this machine.
    """
    return {
        **quiet_environment(str(paths.data)),
        **database,
        "LABEL_STUDIO_USERNAME": credentials.username,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
        "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false" if local_backends else "true",
    }
