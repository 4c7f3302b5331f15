# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""A module's payload as Ansible builds it (AnsiballZ), compared with what is loaded already."""

from __future__ import annotations

import base64
import binascii
import importlib.util
import io
import os
import re
import sys
import zipfile
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader

from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_host import Packed
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_preload import checksum

MARK = b"_ANSIBALLZ_WRAPPER = True"
ZIP = re.compile(rb"^zip_data='([A-Za-z0-9+/=]+)',$", re.M)
# Ansible writes these two itself, unlike its own files.
STUBS = ("ansible/__init__.py", "ansible/module_utils/__init__.py")
EXTENSIONS = "ansible/module_utils/_internal/_ansiballz/_extensions/_"


class Declined(Exception):
    """This payload is better run the plain way; the text says why."""


@dataclass
class Finder(MetaPathFinder):
    """Finds the modules of one payload: byte for byte what Ansible packed, wherever it comes from.

    `entries`: the zip's entry and, where the disk has the same, its file, by module name.
    """

    archive: zipfile.ZipFile
    entries: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The specification of a module in the payload; None for any other."""
        if name not in self.entries:
            return None
        entry, file = self.entries[name]
        package = entry.endswith("/__init__.py")
        if file is None:
            loader = Packed(self.archive.read(entry), entry)
            return importlib.util.spec_from_loader(name, loader, origin=entry, is_package=package)
        # From a file Python keeps the compiled form beside it, from a zip it compiles every time.
        places = [os.path.dirname(file)] if package else None
        return importlib.util.spec_from_file_location(
            name, file, loader=SourceFileLoader(name, file), submodule_search_locations=places
        )


def files(payload: bytes) -> zipfile.ZipFile:
    """The zip in a payload; Declined when it is not a payload as this code knows them."""
    if MARK not in payload[:4096]:
        raise Declined("not a payload of a Python module")
    found = ZIP.findall(payload)
    if len(found) != 1:
        raise Declined("a payload of another shape")
    try:
        return zipfile.ZipFile(io.BytesIO(base64.b64decode(found[0])))
    except (binascii.Error, zipfile.BadZipFile) as error:
        raise Declined(f"a broken payload: {error}") from None


def finder(payload: bytes, loaded: dict[str, int | None], ansible: str, roots: list[str]) -> Finder:
    """A finder for the payload; Declined when something of it is loaded in another version.

    `loaded`: checksums by module name; `ansible`: the package's folder; `roots`: folders with an
    ansible_collections in them.
    """
    found = Finder(files(payload))
    places = {"ansible": [os.path.dirname(ansible)], "ansible_collections": roots}
    for entry in found.archive.infolist():
        path = entry.filename
        if not path.endswith(".py") or path.startswith(EXTENSIONS):
            raise Declined(f"{path} in the payload")
        top = path.partition("/")[0]
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if path in STUBS:
            continue
        if name in sys.modules:
            # An empty file marks a package; what is loaded may be a folder without such a file.
            if entry.file_size and loaded.get(name) != entry.CRC:
                raise Declined(f"{name} is another one than the loaded one")
            continue
        candidates = (os.path.join(place, path) for place in places.get(top, []))
        same = (file for file in candidates if entry.file_size and checksum(file) == entry.CRC)
        found.entries[name] = (path, next(same, None))
    return found
