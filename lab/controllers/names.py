"""The lab's resolver (dnsmasq at 10.16.0.2), and the lab's names on this machine."""

from pathlib import Path

from docker.errors import APIError

from lab import operator, zones
from lab.controllers.base import Controller

_RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


class Names(Controller):
    """Keeps the resolver's configuration and /etc/hosts in step with records and containers."""

    name = "names"
    interval = 1.0
    _written: str | None = None

    def start(self) -> None:
        """Write a configuration, with which the container (see `aws`) can start."""
        self._file().parent.mkdir(parents=True, exist_ok=True)

    def reconcile(self) -> None:
        """Write what has changed, and make the resolver read it."""
        settings, records = self.lab.settings, self.lab.records
        sets = records.record_sets()
        endpoints = self.lab.containers.names()
        fixed = endpoints | zones.of_instances(records.instances())
        text = zones.configuration(
            settings, zones.upstream(_RESOLVERS), fixed, records.zones(), sets
        )
        if text != self._written:
            path = self._file()
            if not path.is_file() or path.read_text(encoding="ascii") != text:
                path.write_text(text, encoding="ascii")
                self._reread()
            self._written = text
        known = zones.addresses(sets, endpoints)
        operator.write_names(known | {settings.registry_name: settings.registry_address})

    def _reread(self) -> None:
        """End dnsmasq; its keeper in the container starts it again with the new file."""
        container = self.lab.containers.get("aws", "front")
        if container and container.status == "running":
            try:
                container.exec_run(["pkill", "-x", "dnsmasq"])
            except APIError as error:
                self.log.info("the resolver was not running: %s", error.explanation)

    def _file(self) -> Path:
        return self.lab.settings.home / "names" / "dnsmasq.conf"
