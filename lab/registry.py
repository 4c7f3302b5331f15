"""The registry that stands for ECR: its configuration, and what the lab asks it."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

from lab.emulator.repositories import Registered
from lab.settings import Settings

FOLDER = "/etc/lab/registry"
LAYERS_BYTES = 4 * 1024**3
USER = "AWS"
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)

# The token of the emulator's GetAuthorizationToken: known to all, as all accounts of the lab.
START = f"""\
#!/bin/bash
# The registry, and before it a proxy that knows ECR's repositories. When one ends, both end.
set -euo pipefail
htpasswd -niB {USER} <{FOLDER}/password >/run/htpasswd 2>/dev/null
docker-registry serve {FOLDER}/registry.yml &
haproxy -db -f {FOLDER}/haproxy.cfg &
wait -n
exit 1
"""

REGISTRY = """\
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: /var/lib/registry}
  delete: {enabled: true}
http: {addr: "127.0.0.1:5000", relativeurls: true, secret: one-registry-needs-none}
auth:
  htpasswd: {realm: ecr, path: /run/htpasswd}
"""

PROXY = """\
global
  log stdout format raw local0 warning
  maxconn 500
  stats socket ipv4@127.0.0.1:9999 level admin
defaults
  mode http
  log global
  timeout connect 5s
  timeout client 10m
  timeout server 10m
frontend ecr
  bind :443 ssl crt {folder}/server.pem alpn h2,http/1.1
  http-request set-header X-Forwarded-Proto https
  http-request set-var(txn.repository) path,regsub(^/v2/,),\
regsub(/blobs/.*,),regsub(/manifests/.*,),regsub(/tags/.*,)
  http-request set-var(txn.tagged) path,regsub(^/v2/,),regsub(/manifests/,:)
  http-request set-var(txn.tag) path,regsub(^.*/manifests/,)
  acl known var(txn.repository) -m str -f {folder}/repositories
  acl frozen var(txn.tagged) -m str -f {folder}/frozen
  acl base path /v2 /v2/
  acl pushes method PUT
  http-request return status 404 content-type application/json lf-string "{unknown}" \
if !base !known
  http-request return status 400 content-type application/json lf-string "{immutable}" \
if pushes frozen
  default_backend registry
backend registry
  server registry 127.0.0.1:5000
"""

_ERROR = '{{\\"errors\\":[{{\\"code\\":\\"{code}\\",\\"message\\":\\"{message}\\"}}]}}'
_UNKNOWN = (
    "The repository with name '%[var(txn.repository)]' does not exist in the registry with id "
    "'{account}'"
)
_IMMUTABLE = (
    "The image tag '%[var(txn.tag)]' already exists in the '%[var(txn.repository)]' repository "
    "and cannot be overwritten because the repository is immutable."
)


def password(settings: Settings) -> str:
    """The password that ECR's authorization token has in the lab."""
    return f"{settings.account}-auth-token"


def proxy(settings: Settings) -> str:
    """Write the proxy's configuration: ECR's answers to what ECR refuses."""
    unknown = _UNKNOWN.format(account=settings.account)
    return PROXY.format(
        folder=FOLDER,
        unknown=_ERROR.format(code="NAME_UNKNOWN", message=unknown),
        immutable=_ERROR.format(code="TAG_INVALID", message=_IMMUTABLE),
    )


def forget(store: Path) -> None:
    """Forget all images, as an account without repositories has none.

    Their layers are kept, so that those of the base images need not be pushed again. All goes once
    it takes more than LAYERS_BYTES.
    """
    size = sum(one.stat().st_size for one in store.rglob("*") if one.is_file())
    if size > LAYERS_BYTES:
        shutil.rmtree(store)
    store.mkdir(parents=True, exist_ok=True)
    for manifests in list(store.glob("docker/registry/v2/repositories/**/_manifests")):
        shutil.rmtree(manifests)


def known(repositories: Iterable[Registered]) -> tuple[str, str]:
    """Write the lists the proxy goes by: the repositories, and their tags that stay."""
    every = sorted(repositories, key=lambda one: one.name)
    names = "".join(f"{one.name}\n" for one in every)
    frozen = "".join(f"{one.name}:{tag}\n" for one in every for tag in sorted(one.frozen_tags))
    return names, frozen


def changes(name: str, before: str, after: str) -> list[str]:
    """Write the commands by which a running proxy learns that a list of its has changed.

    No new process: a client's open connection would stay with the old one and its old list.
    """
    old, new = set(before.split()), set(after.split())
    return [
        *(f"del acl {FOLDER}/{name} {one}" for one in sorted(old - new)),
        *(f"add acl {FOLDER}/{name} {one}" for one in sorted(new - old)),
    ]


class Client:
    """A client of the registry, as `lab.emulator.repositories.Store`."""

    def __init__(self, settings: Settings, ca: str) -> None:
        self._url = f"https://{settings.registry_address}/v2"
        self._session = requests.Session()
        self._session.auth = (USER, password(settings))
        self._session.verify = ca
        self._session.trust_env = False
        self._session.headers["Accept"] = ", ".join(MANIFESTS)
        self._session.mount("https://", HTTPAdapter(pool_maxsize=4))

    def tags(self, repository: str) -> dict[str, str]:
        """Tell the tags of a repository with the digest of each."""
        answer = self._ask("GET", f"{repository}/tags/list")
        if answer.status_code != requests.codes.ok:
            return {}
        found = {}
        for tag in answer.json().get("tags") or ():
            image = self._ask("HEAD", f"{repository}/manifests/{tag}")
            if image.status_code == requests.codes.ok:
                found[tag] = image.headers["Docker-Content-Digest"]
        return found

    def manifest(self, repository: str, digest: str) -> tuple[str, str]:
        """Tell an image's media type and its manifest's text."""
        answer = self._ask("GET", f"{repository}/manifests/{digest}")
        answer.raise_for_status()
        return answer.headers["Content-Type"], answer.text

    def delete(self, repository: str, digest: str) -> None:
        """Delete an image with all its tags."""
        answer = self._ask("DELETE", f"{repository}/manifests/{digest}")
        if answer.status_code != requests.codes.not_found:
            answer.raise_for_status()

    def answers(self) -> bool:
        """Say whether the registry is there and takes the password."""
        try:
            return self._ask("GET", "").status_code == requests.codes.ok
        except OSError:
            return False

    def _ask(self, method: str, path: str) -> requests.Response:
        return self._session.request(method, f"{self._url}/{path}", timeout=5)
