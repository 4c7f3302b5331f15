"""The TLS front of AWS: its real names lead to a proxy, which hands on to the emulator."""

from pathlib import Path

from lab.containers import Spec
from lab.controllers.base import Controller

CONFIGURATION = """\
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 75s
frontend aws
  bind {names_address}:443 ssl crt /etc/lab/aws/aws.pem alpn http/1.1
  acl truststore req.hdr(host) -i {truststore}
  http-request return status 200 content-type text/plain file {authorities} if truststore
  default_backend emulator
backend emulator
  server emulator {gateway}:{emulator_port}
"""


# Where hosts fetch the authorities of RDS, which no public bundle holds.
TRUSTSTORE = "truststore.pki.rds.amazonaws.com"


class Aws(Controller):
    """One container at the resolver's address with the front and the resolver (see `names`)."""

    name = "aws"
    interval = 2.0

    def start(self) -> None:
        """Write certificate and configuration."""
        settings = self.lab.settings
        issued = self.lab.pki.issue("aws", certificate_names(settings.region))
        folder = self._folder("aws")
        (folder / "aws.pem").write_bytes(issued.pem.read_bytes())
        (folder / "aws.pem").chmod(0o600)
        text = CONFIGURATION.format(
            names_address=settings.names_address,
            gateway=settings.gateway,
            emulator_port=settings.emulator_port,
            authorities="/etc/lab/aws/rds.pem",
            truststore=TRUSTSTORE,
        )
        (folder / "rds.pem").write_bytes(self.lab.database_pki.ca.read_bytes())
        (folder / "haproxy.cfg").write_text(text, encoding="ascii")

    def reconcile(self) -> None:
        """Have the container run."""
        settings = self.lab.settings
        spec = Spec(
            noun="aws",
            record="front",
            image=settings.services_image,
            address=settings.names_address,
            command=("lab-front",),
            binds={
                str(self._folder("aws")): "/etc/lab/aws",
                str(self._folder("names")): "/etc/lab/names",
            },
        )
        if self.lab.containers.ensure(spec):
            self.log.info("front at %s", settings.names_address)

    def _folder(self, name: str) -> Path:
        folder = self.lab.settings.home / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def certificate_names(region: str) -> list[str]:
    """List the names that AWS's services answer at; a wildcard covers one label only."""
    return [
        "*.amazonaws.com",
        TRUSTSTORE,
        f"*.{region}.amazonaws.com",
        f"*.s3.{region}.amazonaws.com",
        "*.s3.amazonaws.com",
        f"api.ecr.{region}.amazonaws.com",
        f"{region}.console.aws.amazon.com",
    ]
