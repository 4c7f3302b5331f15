"""Where the lab keeps its things and which addresses it uses. One place, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """All fixed facts of the lab. `home` is removed by `down`, `cache` only by `purge`."""

    home: Path = Path("/var/lib/groundwork-lab")
    cache: Path = Path("/var/cache/groundwork-lab")

    account: str = "123456789012"
    region: str = "us-east-1"

    network: str = "groundwork-lab"
    bridge: str = "br-groundwork"
    subnet: IPv4Network = IPv4Network("10.16.0.0/12")
    gateway: IPv4Address = IPv4Address("10.16.0.1")
    names_address: IPv4Address = IPv4Address("10.16.0.2")
    registry_address: IPv4Address = IPv4Address("10.16.0.3")
    metadata_address: IPv4Address = IPv4Address("169.254.169.254")
    balancer_pool: IPv4Network = IPv4Network("10.16.1.0/24")
    database_pool: IPv4Network = IPv4Network("10.16.2.0/24")
    cache_pool: IPv4Network = IPv4Network("10.16.3.0/24")
    # Docker gives these to containers that ask for no address of their own.
    molecule_pool: IPv4Network = IPv4Network("10.16.9.0/24")
    public_pool: IPv4Network = IPv4Network("10.31.0.0/16")

    # Only where the lab runs its own engine: the bridge of `docker build`, apart from docker0.
    build_bridge: str = "br-groundwork0"
    build_gateway: str = "172.30.255.1/24"

    emulator_port: int = 5000
    packages_port: int = 5001

    host_image: str = "groundwork-lab/host:13"
    services_image: str = "groundwork-lab/services:12"
    node_build_image: str = "groundwork-lab/node-build:20"
    node_runtime_image: str = "groundwork-lab/node-runtime:20"

    label: str = "groundwork-lab"

    # Gets a JSON line per API call, also of the hosts (see `emulator.calls.Call`).
    record: Path | None = None

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings: LAB_HOME and LAB_CACHE are folders, LAB_RECORD is a file."""
        return cls(
            home=Path(environ.get("LAB_HOME") or cls.__dataclass_fields__["home"].default),
            cache=Path(environ.get("LAB_CACHE") or cls.__dataclass_fields__["cache"].default),
            record=Path(environ["LAB_RECORD"]) if environ.get("LAB_RECORD") else None,
        )

    @property
    def emulator_url(self) -> str:
        """The endpoint of every AWS call, e.g. `http://10.16.0.1:5000`."""
        return f"http://{self.gateway}:{self.emulator_port}"

    @property
    def packages_url(self) -> str:
        """Where the lab serves the packages that it builds itself."""
        return f"http://{self.gateway}:{self.packages_port}"

    @property
    def registry_name(self) -> str:
        """ECR's name for the account: what image references start with."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"

    @property
    def pki(self) -> Path:
        """The lab's certificates."""
        return self.home / "pki"

    @property
    def layers(self) -> Path:
        """What the registry stores: its layers outlive the lab, so that they are pushed once."""
        return self.cache / "registry"

    @property
    def database_pki(self) -> Path:
        """The certificates of RDS, whose authority is in nobody's bundle, as on AWS."""
        return self.home / "database-pki"

    @property
    def ca(self) -> Path:
        """The certificate of the lab's own authority."""
        return self.pki / "ca.crt"

    @property
    def log(self) -> Path:
        """The one log of emulator and controllers."""
        return self.home / "log" / "lab.log"

    @property
    def engine_log(self) -> Path:
        """The log of the lab's own dockerd."""
        return self.home / "log" / "dockerd.log"

    @property
    def records(self) -> Path:
        """The emulator's records, as they survive a kill."""
        return self.home / "records.pickle"

    @property
    def environment(self) -> Path:
        """`export A=B` lines for whoever works in the lab."""
        return self.home / "env"

    @property
    def ssh_key(self) -> Path:
        """The operator's private key; the public one lies beside it as `.pub`."""
        return self.home / "ssh" / "id_ed25519"

    @property
    def docker_config(self) -> Path:
        """Docker's client configuration in the lab (plugins, logins)."""
        return self.home / "docker-config"

    @property
    def packages(self) -> Path:
        """Packages that the lab builds and serves at `packages_url`."""
        return self.cache / "packages"
