"""API clients as a module of amazon.aws would make them, cheap enough for every task.

Ansible forks a worker for each task. What costs most, the import of boto3, the parsing of the
services' models and the making of a client, is done once in the main process (`preload`) and
inherited by the workers. The main process itself never calls AWS: no connection is shared.
"""

from __future__ import annotations

import os
from typing import Any

# arguments of amazon.aws and community.aws (with their aliases) -> of a boto3 session or client
SESSION = {
    "profile_name": ("profile", "aws_profile"),
    "region_name": ("region", "aws_region", "ec2_region"),
    "aws_access_key_id": ("access_key", "aws_access_key_id", "aws_access_key", "ec2_access_key"),
    "aws_secret_access_key": (
        "secret_key",
        "aws_secret_access_key",
        "aws_secret_key",
        "ec2_secret_key",
    ),
    "aws_session_token": (
        "session_token",
        "aws_session_token",
        "security_token",
        "aws_security_token",
        "access_token",
    ),
}
ENDPOINT = ("endpoint_url", "aws_endpoint_url", "ec2_url", "s3_url")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION", "EC2_REGION")
CERTIFICATES = ("aws_ca_bundle",)

# What a client is told anew each time: variables that no session has to know.
TOLD = (*REGIONS, "AWS_DATA_PATH", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE")

# The main process's session, and the variables that it was made under.
_session: Any = None
_surroundings: dict[str, str] = {}
# Its clients, by service and region.
_ready: dict[tuple[str, str], Any] = {}


def preload(services: set[str], region: str | None = None) -> None:
    """Make the clients of `services` for the workers forked afterwards.

    Without a region only their models are parsed.
    """
    import boto3  # here: only a run that looks at resources pays for it

    global _session, _surroundings
    if _session is None:
        _session, _surroundings = boto3.session.Session(), surroundings()
    for service in services:
        client = make(_session, service, region or "us-east-1")
        if region:
            _ready[service, region] = client


def make(
    session: Any, service: str, region: str | None, endpoint: str | None = None, verify: Any = None
) -> Any:
    """A client that gives up sooner than boto3's own, and tries again less often."""
    from botocore.config import Config

    return session.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        verify=verify,
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 6},
            connect_timeout=10,
            read_timeout=30,
            user_agent_extra="groundwork",
        ),
    )


def surroundings() -> dict[str, str]:
    """The variables of the environment that a session may have read."""
    return {
        key: value
        for key, value in os.environ.items()
        if key not in TOLD and (key.startswith(("AWS_", "BOTO")) or key == "HOME")
    }


class Clients:
    """Clients for one task: its arguments, its `environment:`, the process's AWS_* variables.

    A context manager: inside it the task's environment is the process's, as in the module's own.
    """

    def __init__(self, args: dict[str, Any], environment: dict[str, str]) -> None:
        self.args = args
        self.environment = environment
        self._clients: dict[str, Any] = {}
        self._session: Any = None
        self._region: str | None = None
        self._saved: dict[str, str | None] = {}

    def __enter__(self) -> Clients:
        """Put the task's environment in force."""
        self._saved = {key: os.environ.get(key) for key in self.environment}
        os.environ.update(self.environment)
        return self

    def __exit__(self, *_: object) -> None:
        """Put the process's own environment back."""
        for key, value in self._saved.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value

    def __getitem__(self, service: str) -> Any:
        """The client of `service` (boto3's name); made at its first use."""
        if service not in self._clients:
            self._clients[service] = self._client(service)
        return self._clients[service]

    def _client(self, service: str) -> Any:
        import boto3  # here, not above: see the callback preload

        if self._session is None:
            settings = {
                key: value
                for key, names in SESSION.items()
                if (value := self._argument(names)) is not None
            }
            self._region = settings.pop("region_name", None)
            if self._region is None and "profile_name" not in settings:
                self._region = next(
                    (os.environ[key] for key in REGIONS if os.environ.get(key)), None
                )
            if not settings and _session is not None and _surroundings == surroundings():
                self._session = _session
            else:
                self._session = boto3.session.Session(**settings)
                if _session is not None:
                    loader = _session._session.get_component("data_loader")
                    self._session._session.register_component("data_loader", loader)
        verify = self._argument(CERTIFICATES)
        if verify is None and self.args.get("validate_certs") is False:
            verify = False
        endpoint = self._argument(ENDPOINT)
        if self._session is _session and endpoint is None and verify is None:
            ready = _ready.get((service, self._region or ""))
            if ready is not None:
                return ready
        return make(self._session, service, self._region, endpoint, verify)

    def _argument(self, names: tuple[str, ...]) -> Any:
        return next((self.args[name] for name in names if self.args.get(name)), None)
