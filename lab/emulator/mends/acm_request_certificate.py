"""A certificate with DNS validation is issued once its CNAME records exist, and not before.

User guide, DNS validation: ACM issues the certificate after it finds the record, for every name
of it. moto 5.2 issues after a minute whether or not the record is there. Here the record counts
when it stands in a public zone of the account's Route 53, which is as far as the emulator sees.
Until then AWS gives neither serial nor dates, and names its list in the order asked for.
"""

import time
from typing import Any

from moto.acm.models import CertBundle
from moto.route53.models import Route53Backend, route53_backends

from lab.emulator import creation
from lab.emulator.mends import mend


@mend(CertBundle, "__init__")
def _init(original: Any, self: CertBundle, account_id: str, *args: Any, **kwargs: Any) -> None:
    original(self, account_id, *args, **kwargs)
    self.account_id = account_id
    self.earliest = time.time() + creation.seconds("certificate")


@mend(CertBundle, "check")
def _check(original: Any, self: CertBundle) -> None:
    if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
        original(self)
        return
    zones = route53_backends[self.arn.split(":")[4]]["global"]
    options = _describe_options(self)
    wanted = {(one["Name"], one["Value"]) for one in options}
    if wanted <= _cnames(zones) and time.time() >= getattr(self, "earliest", 0):
        self.status = "ISSUED"


def _describe_options(certificate: CertBundle) -> list[dict[str, str]]:
    shown = certificate.describe()["Certificate"]["DomainValidationOptions"]
    return [one["ResourceRecord"] for one in shown if "ResourceRecord" in one]


def _cnames(backend: Route53Backend) -> set[tuple[str, str]]:
    return {
        (_dotted(record.name), _dotted(value))
        for zone in backend.zones.values()
        if not zone.private_zone
        for record in zone.rrsets
        if record.type == "CNAME"
        for value in record.records
    }


def _dotted(name: str) -> str:
    return f"{name.strip('"').rstrip('.').lower()}."


@mend(CertBundle, "describe")
def _describe(original: Any, self: CertBundle) -> dict[str, Any]:
    answer = original(self)
    shown = answer["Certificate"]
    if "DomainValidationOptions" in shown:
        shown["DomainValidationOptions"].sort(key=lambda one: one["DomainName"].lstrip("*."))
    if self.status == "PENDING_VALIDATION":
        for name in ("NotAfter", "NotBefore", "Serial", "Issuer"):
            shown.pop(name, None)
    return answer
