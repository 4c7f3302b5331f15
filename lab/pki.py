"""The lab's own certificate authority, which its hosts trust in the place of the public ones."""

import datetime
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEARS = 5
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of an issued certificate: PEM each, `pem` is certificate and key together."""

    crt: Path
    key: Path
    pem: Path


class Authority:
    """Issues certificates into a folder; the authority's own are `ca.crt` and `ca.key` there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with _lock:
            if not (folder / "ca.key").is_file():
                self._make()
        self.ca = folder / "ca.crt"

    def issue(
        self, name: str, names: Iterable[str], addresses: Iterable[IPv4Address] = ()
    ) -> Certificate:
        """Issue `<name>.crt/.key/.pem` for DNS names and addresses; the same request, the same."""
        files = Certificate(*(self._folder / f"{name}.{kind}" for kind in ("crt", "key", "pem")))
        wanted = [x509.DNSName(one) for one in names]
        wanted += [x509.IPAddress(one) for one in addresses]
        with _lock:
            if not files.pem.is_file() or not self._covers(files.crt, wanted):
                self._issue(files, name, wanted)
        return files

    @staticmethod
    def _covers(path: Path, wanted: list[x509.GeneralName]) -> bool:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return list(alternative.value) == wanted

    def _issue(self, files: Certificate, name: str, wanted: list[x509.GeneralName]) -> None:
        authority = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        signer = serialization.load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, authority.subject, key)
            .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        crt = certificate.public_bytes(serialization.Encoding.PEM)
        _write(files.key, _pem(key), 0o600)
        _write(files.crt, crt, 0o644)
        _write(files.pem, crt + _pem(key), 0o600)

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Groundwork lab CA")])
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        certificate = (
            _builder("Groundwork lab CA", subject, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(self._folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
        _write(self._folder / "ca.key", _pem(key), 0o600)


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _YEARS))
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that never exists with a wider mode or half its content."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
        os.fchmod(stream.fileno(), mode)
        stream.write(content)
    part.rename(path)
