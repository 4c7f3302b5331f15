"""ECR: a registry under its name. What is pushed appears in ECR's records, with its digest.

A push to a repository that ECR does not have is refused as ECR refuses it, so is a push of a tag
that exists in a repository with immutable tags.
"""

from docker.errors import APIError

from lab import registry
from lab.containers import Spec
from lab.controllers.base import Controller
from lab.emulator import repositories
from lab.files import write
from lab.haproxy import telling

NOUN, RECORD = "registry", "ecr"


class Registry(Controller):
    """Runs one container with the registry and a proxy that knows ECR's repositories."""

    name = "registry"
    interval = 0.3

    def start(self) -> None:
        """Write the configuration and have the registry stand behind the records."""
        settings = self.lab.settings
        names = [settings.registry_name, f"*.dkr.ecr.{settings.region}.amazonaws.com"]
        issued = self.lab.pki.issue(NOUN, names, [settings.registry_address])
        self._folder = settings.home / NOUN
        changed = [
            write(self._folder / "start", registry.START, 0o644),
            write(self._folder / "registry.yml", registry.REGISTRY, 0o644),
            write(self._folder / "haproxy.cfg", registry.proxy(settings), 0o644),
            write(self._folder / "password", registry.password(settings), 0o600),
            write(self._folder / "server.pem", issued.pem.read_text(encoding="ascii"), 0o600),
        ]
        if not repositories.registered():
            registry.forget(settings.layers)
        self._write_known()
        if any(changed):
            self._restart()
        self._client = registry.Client(settings, str(self.lab.pki.ca))
        repositories.attach(self._client)

    def reconcile(self) -> None:
        """Have the container run, and its proxy know the repositories."""
        settings = self.lab.settings
        spec = Spec(
            noun=NOUN,
            record=RECORD,
            image=settings.services_image,
            address=settings.registry_address,
            command=("bash", f"{registry.FOLDER}/start"),
            names=(settings.registry_name,),
            binds={str(self._folder): registry.FOLDER},
            written={str(settings.layers): "/var/lib/registry"},
        )
        if self.lab.containers.ensure(spec):
            self.log.info("registry at %s", settings.registry_address)
        self._write_known()

    def _write_known(self) -> None:
        """Write the proxy's lists, for its next start, and tell the running one what is new."""
        commands = []
        names = ("repositories", "frozen")
        for name, text in zip(names, registry.known(repositories.registered()), strict=True):
            path = self._folder / name
            before = path.read_text(encoding="utf-8") if path.is_file() else ""
            commands += registry.changes(name, before, text)
            write(path, text, 0o644)
        container = self.lab.containers.get(NOUN, RECORD) if commands else None
        if container and container.status == "running":
            code, output = container.exec_run(telling(commands))
            if code or output.strip():
                self._restart()

    def _restart(self) -> None:
        container = self.lab.containers.get(NOUN, RECORD)
        if container and container.status == "running":
            try:
                container.restart(timeout=1)
            except APIError as error:
                self.log.info("not restarted: %s", error.explanation)

    def stop(self) -> None:
        """Leave the records to the emulator alone."""
        repositories.attach(None)
