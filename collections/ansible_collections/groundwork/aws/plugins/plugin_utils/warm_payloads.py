# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Packed modules, kept from one run to the next.

Ansible packs a module with its utilities once a run (0.2 s of processor time for a module of
amazon.aws), and keeps the packed form, without arguments, in the run's temporary folder. Here it is
kept beyond the run, with a list of what it was made from, and laid back into the next run's folder
while all of that is unchanged. When Ansible looks elsewhere one day, it packs anew: nothing breaks.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_payload, warm_preload

NAME = re.compile(
    rb"^module_fqn='((?:ansible\.modules|ansible_collections)\.[A-Za-z0-9_.]+)',$", re.M
)
STALE = 30 * 24 * 3600  # seconds after which versions that nobody used are removed


def stamp(path: str) -> list[int] | None:
    """What changes when a file or a folder's list of files does; None when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]


class Payloads:
    """The packed modules of one set of versions and paths.

    `home`: a folder of the user's; `run`: the run's temporary folder; `ansible`: the package's
    folder; `roots`: folders with an ansible_collections in them; `versions`: whatever else packing
    depends on.
    """

    def __init__(
        self, home: str, run: str, ansible: str, roots: list[str], versions: list[str]
    ) -> None:
        self.places = [os.path.dirname(ansible), *roots]
        self.roots = roots
        key = hashlib.sha256(json.dumps([self.places, *versions]).encode()).hexdigest()[:16]
        self.home = os.path.join(home, "warm")
        self.kept = os.path.join(self.home, key)
        self.run = os.path.join(run, "ansiballz_cache")

    def lay_out(self) -> int:
        """Put what is kept and still true into the run's folder. Returns how many. Raises OSError."""
        if not self._private():
            return 0
        stamps: dict[str, list[int] | None] = {}
        os.makedirs(self.run, exist_ok=True)
        laid = 0
        for name in os.listdir(self.kept):
            if name.endswith(".json") or name.startswith("."):
                continue
            sources = self._sources(name)
            for path in sources or ():
                if path not in stamps:
                    stamps[path] = stamp(path)
            target = os.path.join(self.run, name)
            if sources and all(stamps[path] == sources[path] for path in sources):
                if not os.path.exists(target):
                    self._copy(os.path.join(self.kept, name), target)
                laid += 1
        os.utime(self.kept)
        return laid

    def keep(self, payload: bytes) -> bool:
        """Keep the packed form of this payload's module. Returns whether it is. Raises OSError."""
        found = NAME.search(payload)
        if not found:
            return False
        name = f"{found[1].decode()}-ZIP_DEFLATED-none"
        packed, kept = os.path.join(self.run, name), os.path.join(self.kept, name)
        fresh, old = stamp(packed), stamp(kept)
        if fresh is None or (old and fresh[:2] == old[:2] and os.path.exists(f"{kept}.json")):
            return False
        sources = self._made_from(payload)
        with open(packed, "rb") as file:
            # The very zip that was compared with its sources.
            if sources is None or warm_payload.ZIP.findall(payload)[0] not in file.read():
                return False
        if not self._private():
            for folder in (self.home, self.kept):
                os.makedirs(folder, mode=0o700, exist_ok=True)
            self._tidy()
            if not self._private():
                return False
        # First the list of sources: a packed form without one is not used, nor is one with another's.
        for path in (kept, f"{kept}.json"):
            if os.path.exists(path):
                os.unlink(path)
        with open(f"{kept}.{os.getpid()}.json", "w") as file:
            json.dump({"packed": fresh[:2], "sources": sources}, file)
        os.rename(f"{kept}.{os.getpid()}.json", f"{kept}.json")
        self._copy(packed, kept)
        return True

    def _private(self) -> bool:
        for folder in (self.home, self.kept):
            try:
                status = os.lstat(folder)
            except OSError:
                return False
            if status.st_uid != os.geteuid() or status.st_mode & 0o077:
                return False
        return True

    @staticmethod
    def _copy(source: str, target: str) -> None:
        temporary = os.path.join(os.path.dirname(target), f".{os.getpid()}")
        shutil.copy2(source, temporary)
        os.rename(temporary, target)

    def _sources(self, name: str) -> dict[str, Any] | None:
        path = os.path.join(self.kept, name)
        try:
            with open(f"{path}.json") as file:
                manifest = json.load(file)
            same = manifest["packed"] == stamp(path)[:2]
            return manifest["sources"] if same else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _made_from(self, payload: bytes) -> dict[str, Any] | None:
        """Stamps by path, of all that decides how the module is packed; None when that is unclear."""
        sources = {}
        for entry in warm_payload.files(payload).infolist():
            if entry.filename in warm_payload.STUBS:
                continue
            places = (os.path.join(place, entry.filename) for place in self.places)
            path = next((place for place in places if os.path.exists(place)), None)
            if path is None:
                if entry.file_size:
                    return None
                continue
            sources[path] = stamp(path)
            if warm_preload.checksum(path) != entry.CRC:
                return None
            # A new file beside it may come first, or satisfy an import that had none.
            sources[os.path.dirname(path)] = stamp(os.path.dirname(path))
            for path in self._decides(entry.filename):
                sources[path] = stamp(path)
        return sources

    def _decides(self, name: str) -> Iterator[str]:
        """Paths that decide where a collection's file is taken from, whether they exist or not."""
        parts = name.split("/")
        if parts[0] != "ansible_collections" or len(parts) < 4:
            return
        for root in self.roots:
            collection = os.path.join(root, *parts[:3])
            yield collection
            yield os.path.join(collection, "meta", "runtime.yml")

    def _tidy(self) -> None:
        for name in os.listdir(self.home):
            folder = os.path.join(self.home, name)
            if time.time() - os.stat(folder).st_mtime > STALE:
                shutil.rmtree(folder, ignore_errors=True)
