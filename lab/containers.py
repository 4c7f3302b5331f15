"""The lab's containers: one per thing that stands for a record, found again by its labels."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.types import Mount

from lab.errors import LabError
from lab.listing import Listing
from lab.settings import Settings


@dataclass(frozen=True, slots=True)
class Spec:
    """What a container should be. Any difference to the one that is there makes a new container.

    `binds` maps paths on this machine to paths in the container (read-only), `volumes` maps names
    of volumes to paths; a volume outlives its container and goes with `remove`. `written` are binds
    that the container writes to, which outlive the lab. `names` are the DNS names that the lab's
    resolver answers with the container's address. `environment` shows in `docker inspect`: no
    secret belongs there, put it in a file and bind it.
    """

    noun: str
    record: str
    image: str
    address: IPv4Address
    command: Sequence[str] = ()
    names: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    binds: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    hostname: str = ""
    privileged: bool = False

    @property
    def name(self) -> str:
        """The container's name."""
        return f"groundwork-lab-{self.noun}-{self.record}"

    @property
    def digest(self) -> str:
        """A short hash over all of it."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Seen:
    """A container of the lab as the engine lists it. `state`: created, running, exited, dead ..."""

    id: str
    name: str
    noun: str
    record: str
    state: str
    status: str
    address: IPv4Address | None
    names: tuple[str, ...]
    spec: str
    image: str


class Containers:
    """Creates, finds and removes containers with the labels of the lab."""

    def __init__(self, client: docker.DockerClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._listing = Listing(client, f"{settings.label}=1")

    def follow(self) -> None:
        """Ask the engine only once it says that something is another: for whoever asks for long."""
        self._listing.follow()

    def all(self, noun: str = "") -> list[Seen]:
        """List all containers (of one noun), running or not. One cheap call to the engine."""
        listed = [self._seen(attributes) for attributes in self._listing.containers()]
        return [one for one in listed if noun in ("", one.noun)]

    def find(self, noun: str) -> dict[str, Seen]:
        """List the containers of one noun by their record."""
        return {seen.record: seen for seen in self.all(noun)}

    def get(self, noun: str, record: str) -> Container | None:
        """Get the container of one record, None without one."""
        try:
            return self._client.containers.get(f"groundwork-lab-{noun}-{record}")
        except NotFound:
            return None

    def ensure(self, spec: Spec) -> bool:
        """Make the container be there as specified, and run. Say whether anything was done."""
        seen = self.find(spec.noun).get(spec.record)
        same = seen and seen.spec == spec.digest and seen.image == self._image(spec.image)
        if seen and same and seen.state == "running":
            return False
        if seen and not same:
            self._delete(seen.id)  # its volumes stay: they hold the data
        identity = seen.id if seen and same else self.create(spec)
        self._client.api.start(identity)
        self._listing.forget()
        return True

    def create(self, spec: Spec) -> str:
        """Create the container of a specification, not started. Returns its id."""
        mounts = [
            Mount(target, source, type="bind", read_only=True)
            for source, target in spec.binds.items()
        ]
        mounts += [Mount(target, source, type="bind") for source, target in spec.written.items()]
        labels = self.labels(spec.noun, spec.record)
        for name, target in spec.volumes.items():
            self._client.volumes.create(name, labels=labels)
            mounts.append(Mount(target, name, type="volume"))
        labels |= {
            f"{self._settings.label}.names": " ".join(spec.names),
            f"{self._settings.label}.spec": spec.digest,
        }
        endpoint = self._client.api.create_endpoint_config(ipv4_address=str(spec.address))
        made = self._client.containers.create(
            spec.image,
            list(spec.command) or None,
            name=spec.name,
            hostname=spec.hostname or None,
            environment=dict(spec.environment),
            labels=labels,
            mounts=mounts,
            network=self._settings.network,
            networking_config={self._settings.network: endpoint},
            privileged=spec.privileged,
            cgroupns="private" if spec.privileged else None,
            restart_policy={"Name": "unless-stopped"},
            log_config={"type": "json-file", "config": {"max-size": "5m", "max-file": "2"}},
        )
        self._listing.forget()
        return made.id

    def remove(self, noun: str, record: str) -> None:
        """Remove the container of a record and its volumes; nothing happens without one."""
        container = self.get(noun, record)
        if container is None:
            return
        volumes = [m["Name"] for m in container.attrs["Mounts"] if m["Type"] == "volume"]
        self._delete(container.id)
        for name in volumes:
            try:
                self._client.volumes.get(name).remove(force=True)
            except NotFound:
                continue

    def address_for(self, noun: str, record: str, pool: IPv4Network) -> IPv4Address:
        """Tell a record's address: its container's, or the lowest free one of the pool."""
        seen = self.all()
        for one in seen:
            if (one.noun, one.record) == (noun, record) and one.address in pool:
                return one.address
        taken = {one.address for one in seen}
        for address in pool.hosts():
            if address not in taken:
                return address
        raise LabError(f"no address of {pool} is free", "remove what you do not need")

    def names(self) -> dict[str, IPv4Address]:
        """Tell every DNS name that a container of the lab was given, and its address."""
        return {name: one.address for one in self.all() if one.address for name in one.names}

    def labels(self, noun: str, record: str) -> dict[str, str]:
        """Make the labels by which a container, volume or network is known as the lab's."""
        label = self._settings.label
        return {label: "1", f"{label}.noun": noun, f"{label}.record": record}

    def _seen(self, attributes: Mapping[str, Any]) -> Seen:
        labels, label = attributes["Labels"], self._settings.label
        endpoint = attributes["NetworkSettings"]["Networks"].get(self._settings.network) or {}
        # A stopped container has only the address it asked for.
        config = endpoint.get("IPAMConfig") or {}
        address = config.get("IPv4Address") or endpoint.get("IPAddress")
        return Seen(
            id=attributes["Id"],
            name=attributes["Names"][0].lstrip("/") if attributes["Names"] else attributes["Id"],
            noun=labels.get(f"{label}.noun", ""),
            record=labels.get(f"{label}.record", ""),
            state=attributes["State"],
            status=attributes["Status"],
            address=IPv4Address(address) if address else None,
            names=tuple(labels.get(f"{label}.names", "").split()),
            spec=labels.get(f"{label}.spec", ""),
            image=attributes["ImageID"],
        )

    def _image(self, name: str) -> str:
        try:
            return self._listing.image(name)
        except NotFound:
            raise LabError(f"image {name} is missing", "build it: make lab-up") from None

    def _delete(self, identity: str) -> None:
        try:
            self._client.api.remove_container(identity, force=True)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != 409:  # somebody else is removing it already
                raise
        finally:
            self._listing.forget()


def running(seen: Iterable[Seen]) -> list[Seen]:
    """Keep those that run."""
    return [one for one in seen if one.state == "running"]
