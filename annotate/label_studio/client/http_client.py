"""Client for Label Studio: its SDK over HTTP connections of ours, whose errors name the request but never the token."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ....schema.extras import require_extras
from .connection import Connection
from .studio_error import StudioError, not_label_studio

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase

_PATIENCE = 60.0


class StudioClient:
    """A session with one server as one user; connections are kept alive between requests.

    GET requests are repeated, up to three times, if the server fails or does not respond. Others are not: a POST whose
    connection broke may have been processed, and only the caller can find out. All requests raise StudioError if the
    status is 300 or higher, if there is no response, or if the response is not JSON.

    Args:
        connection: Address and token: a legacy token or a personal access token (a JWT).

    Attributes:
        connection: Address and token.
        http: Client of httpx for requests that the SDK makes more slowly, or not at all; URLs begin with `/api/`. It
            waits a minute without receiving data, unless a request says otherwise.
    """

    def __init__(self, connection: Connection) -> None:
        import httpx

        from ...http_policy import PolicyTransport, unbind_stream
        from .studio_policy import StudioPolicy
        from .token_transport import TokenTransport

        self.connection = connection
        policy = StudioPolicy(connection)
        # a proxy configured in the environment must not be used for a server on this machine
        transport = PolicyTransport(policy, trust_env=not connection.local)
        self.http = httpx.Client(
            base_url=connection.url,
            transport=TokenTransport(transport, connection, policy, patience=_PATIENCE),
            timeout=_PATIENCE,
            follow_redirects=False,
            event_hooks={"response": [unbind_stream]},  # the transport has read it
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    @cached_property
    def sdk(self) -> LabelStudioBase:
        """Label Studio's SDK, which sends its requests through `http`: nothing twice, and with the same errors."""
        require_extras("Label Studio", "studio")
        # its subclass LabelStudio adds conversions to pandas, whose import takes a second
        from label_studio_sdk.base_client import LabelStudioBase

        return LabelStudioBase(
            base_url=self.connection.url, api_key="set by `http`", httpx_client=self.http, max_retries=0
        )

    def whoami(self) -> dict[str, Any]:
        """Return the user that the token belongs to.

        Raises:
            StudioError: There is no server, it rejects the token, or it is not Label Studio.
        """
        try:
            # not by the SDK, which cannot tell what else than Label Studio may respond here
            user = self.http.get("/api/current-user/whoami").json()
        except StudioError as error:
            if error.status in (0, 401, 429) or error.status >= 500 or 300 <= error.status < 400:
                raise
            raise not_label_studio(self.connection, error.status) from error
        if not isinstance(user, dict) or not {"id", "email"} <= set(user):
            raise not_label_studio(self.connection, 200)
        return user


def studio_client(connection: Connection) -> StudioClient:
    """Return a client for a server after checking that it is Label Studio and accepts the token.

    Close the client, or use it in a `with` statement.

    Raises:
        DependencyError: The SDK is not installed.
        StudioError: As for `StudioClient.whoami`.
    """
    require_extras("Label Studio", "studio")
    client = StudioClient(connection)
    try:
        client.whoami()
    except StudioError:
        client.close()
        raise
    return client
