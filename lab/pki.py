"""The lab's own certificate authority, which its hosts trust in the place of the public ones."""

import datetime
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
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
            if not self._usable():
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

    def _usable(self) -> bool:
        """Say whether there is an authority, valid for long, with which a strict client is content.

        Python 3.13 and OpenSSL's strict checks want a key identifier in it.
        """
        if not (self._folder / "ca.key").is_file():
            return False
        certificate = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        kinds = {type(extension.value) for extension in certificate.extensions}
        return x509.SubjectKeyIdentifier in kinds and _lasts(certificate)

    def _covers(self, path: Path, wanted: list[x509.GeneralName]) -> bool:
        """Say whether a certificate has these names, is from this authority, and valid for long."""
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        authority = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        try:
            certificate.verify_directly_issued_by(authority)
        except (ValueError, TypeError, InvalidSignature):
            return False
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return list(alternative.value) == wanted and _lasts(certificate)

    def _issue(self, files: Certificate, name: str, wanted: list[x509.GeneralName]) -> None:
        authority = x509.load_pem_x509_certificate((self._folder / "ca.crt").read_bytes())
        signer = serialization.load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, authority.subject, key)
            .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
                critical=False,
            )
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
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .add_extension(identifier, critical=False)
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _YEARS))
    )


def _lasts(certificate: x509.Certificate) -> bool:
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left > datetime.timedelta(days=30)


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
