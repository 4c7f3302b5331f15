"""All records in one file, so that a killed lab comes up with the same VPCs, keys and secrets.

One pickle of all of moto's backends, for they point at each other. It holds secrets: mode 0600.
"""

import io
import logging
import threading
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import GeneratorType
from typing import Any, ClassVar

import cloudpickle
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from moto import backends
from moto.core.base_backend import AccountSpecificBackend, BackendDict

from lab.emulator import changes

log = logging.getLogger("lab.emulator.snapshot")

FORMAT = 1
DELAY = 0.5  # seconds between a change and the file, so that a burst is written once
SHARE = 5  # of the time, one part is for writing and this many are for answering
_LOCKS = (type(threading.Lock()), type(threading.RLock()))


class _Pickler(cloudpickle.CloudPickler):
    """Knows the few things in moto's records that pickle does not."""

    # Nearly all types: to ask of each object what it is takes longer than to pickle it.
    _ordinary: ClassVar[set[type]] = set()

    def reducer_override(self, obj: Any) -> Any:
        """Tell how to make an object again."""
        if type(obj) not in self._ordinary:
            told = self._told(obj)
            if told:
                return told
            self._ordinary.add(type(obj))
        return super().reducer_override(obj)

    @staticmethod
    def _told(obj: Any) -> tuple[Any, ...] | None:
        if isinstance(obj, _LOCKS):
            return (_LOCKS[0] if type(obj) is _LOCKS[0] else threading.RLock), ()
        if isinstance(obj, GeneratorType):
            # The rest of a listing whose further pages nobody asked for: moto keeps it.
            return iter, ((),)
        if isinstance(obj, BackendDict):
            return backends.get_backend, (obj.service_name,)
        if isinstance(obj, AccountSpecificBackend):
            return _account, (obj.service_name, obj.account_id)
        if isinstance(obj, PrivateKeyTypes):
            return _private_key, (
                obj.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )
        if isinstance(obj, x509.Certificate):
            return _certificate, (obj.public_bytes(serialization.Encoding.DER),)
        return None


def _private_key(der: bytes) -> PrivateKeyTypes:
    return serialization.load_der_private_key(der, None)


def _certificate(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def _account(service: str, account: str) -> AccountSpecificBackend:
    return backends.get_backend(service)[account]


def dump() -> bytes:
    """All records of this process."""
    records = {
        kind.service_name: {account: dict(regions) for account, regions in kind.items()}
        for kind in BackendDict._instances
    }
    stream = io.BytesIO()
    _Pickler(stream).dump({"format": FORMAT, "moto": version("moto"), "records": records})
    return stream.getvalue()


def restore(content: bytes) -> None:
    """Put records in the place of this process's. Raises ValueError for another format."""
    found = cloudpickle.loads(content)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("not a snapshot of this emulator")
    if found["moto"] != version("moto"):
        raise ValueError(f"written by moto {found['moto']}, this is {version('moto')}")
    BackendDict.reset()
    for service, accounts in found["records"].items():
        kind = backends.get_backend(service)
        for account, regions in accounts.items():
            for region, backend in regions.items():
                kind[account][region] = backend


class Keeper:
    """Loads a snapshot at the start, writes it after changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dirty = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="snapshot", daemon=True)

    def start(self) -> None:
        """Load what is there, and follow changes from now on.

        A file that cannot be read is put aside, with a warning, and the records start empty.
        """
        if self._path.exists():
            self._load()
        changes.listen(self._dirty.set)
        self._thread.start()

    def stop(self) -> None:
        """Write a last time."""
        changes.forget(self._dirty.set)
        self._ended.set()
        self._dirty.set()
        self._thread.join()

    def _load(self) -> None:
        try:
            restore(self._path.read_bytes())
        except Exception as error:  # whatever is wrong in it: a lab must come up
            BackendDict.reset()
            aside = self._path.with_name(f"{self._path.name}.broken-{int(time.time())}")
            self._path.rename(aside)
            log.warning(
                "the records in %s cannot be read (%s: %s); starting with none, kept as %s",
                self._path, type(error).__name__, error, aside,
            )  # fmt: skip

    def _keep(self) -> None:
        took = 0.0
        while not (self._ended.is_set() and not self._dirty.is_set()):
            self._dirty.wait()
            self._ended.wait(max(DELAY, SHARE * took))
            self._dirty.clear()
            begun = time.monotonic()
            try:
                self._write()
            except RuntimeError as error:  # a controller's read made a region's empty records
                log.info("once more, for the records changed meanwhile: %s", error)
                self._dirty.set()
            except Exception:
                log.exception("the records could not be written to %s", self._path)
            took = time.monotonic() - begun

    def _write(self) -> None:
        with changes.GATE.closed():
            content = dump()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f"{self._path.name}.part")
        with suppress(FileNotFoundError):
            part.unlink()
        part.touch(mode=0o600)
        part.write_bytes(content)
        part.replace(self._path)
