"""The lab's certificates stand up to a strict client, and are made again only when they must be."""

import socket
import ssl
import threading
from ipaddress import IPv4Address
from pathlib import Path

from lab.pki import Authority, Certificate


def handshake(authority: Authority, certificate: Certificate, name: str) -> str:
    """Connect over TLS, with the checks of Python 3.13; tells the protocol."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.crt, certificate.key)
    client = ssl.create_default_context(cafile=str(authority.ca))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    here, there = socket.socketpair()

    def serve() -> None:
        with server.wrap_socket(there, server_side=True) as stream:
            stream.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with client.wrap_socket(here, server_hostname=name) as stream:
        protocol = stream.version()
        stream.sendall(b"x")
    thread.join(5)
    return protocol or ""


def test_a_strict_client_takes_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue("db", ["db.test", "*.db.test"], [IPv4Address("10.16.2.1")])
    for name in ("db.test", "a.db.test", "10.16.2.1"):
        assert handshake(authority, issued, name) == "TLSv1.3"


def test_the_same_request_gets_the_same_files(tmp_path: Path) -> None:
    before = Authority(tmp_path).issue("db", ["db.test"]).crt.read_bytes()
    assert Authority(tmp_path).issue("db", ["db.test"]).crt.read_bytes() == before
    assert Authority(tmp_path).issue("db", ["other.test"]).crt.read_bytes() != before


def test_another_authority_issues_anew(tmp_path: Path) -> None:
    before = Authority(tmp_path).issue("db", ["db.test"]).crt.read_bytes()
    (tmp_path / "ca.key").unlink()
    authority = Authority(tmp_path)
    issued = authority.issue("db", ["db.test"])
    assert issued.crt.read_bytes() != before
    assert handshake(authority, issued, "db.test") == "TLSv1.3"


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    issued = Authority(tmp_path).issue("db", ["db.test"])
    for path in (issued.key, issued.pem, tmp_path / "ca.key"):
        assert path.stat().st_mode & 0o777 == 0o600
