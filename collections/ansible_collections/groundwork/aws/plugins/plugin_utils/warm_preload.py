# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the warm process imports once, so that no module run has to."""

from __future__ import annotations

import importlib
import os
import sys
import types
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_botocore

ANSIBLE = (
    "ansible.module_utils._internal._ansiballz._loader",
    "ansible.module_utils._internal._json._profiles._module_legacy_c2m",
    "ansible.module_utils._internal._json._profiles._module_legacy_m2c",
)
# The standard library's part of Ansible's wrapper.
WRAPPER = ("base64", "datetime", "resource", "runpy", "shutil", "tempfile", "zipfile")


def checksum(path: str) -> int | None:
    """CRC-32 of a file, as in a zip's directory; None when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return zlib.crc32(file.read())
    except OSError:
        return None


def source(name: str, places: list[str]) -> str | None:
    """The file of the Python module `name` in the first of `places` that has it."""
    for place in places:
        base = os.path.join(place, *name.split("."))
        for path in (f"{base}/__init__.py", f"{base}.py"):
            if os.path.isfile(path):
                return path
    return None


def open_ansible(folder: str, version: str) -> None:
    """Make `ansible` the package that a module finds: its utilities, nothing of the controller's start."""
    package = types.ModuleType("ansible")
    package.__path__ = [folder]
    package.__file__ = os.path.join(folder, "__init__.py")
    package.__version__ = version
    package.__author__ = "Ansible, Inc."
    sys.modules["ansible"] = package


def collection_utilities(collection: str, roots: list[str]) -> Iterator[str]:
    """Names of the module utilities of `collection`, from the first root that has it."""
    package = f"ansible_collections.{collection}.plugins.module_utils"
    for root in roots:
        if not os.path.isdir(os.path.join(root, "ansible_collections", *collection.split("."))):
            continue
        top = os.path.join(root, *package.split("."))
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(
                name for name in folders if name.isidentifier() and name[:2] != "__"
            )
            inner = os.path.relpath(folder, top).replace(os.sep, ".").strip(".")
            for file in sorted(files):
                name, extension = os.path.splitext(file)
                if extension != ".py" or not name.isidentifier() or name == "__init__":
                    continue
                with open(os.path.join(folder, file), "rb") as text:
                    old = b"module_utils._text" in text.read()
                # Importing that puts a deprecation into results; found out the dear way below.
                if not old:
                    yield ".".join(part for part in (package, inner, name) if part)
        return


def said() -> int:
    """How many warnings and deprecations stand in the result that a module would give now."""
    from ansible.module_utils.common import warnings as results

    return len(results.get_warning_messages()) + len(results.get_deprecation_messages())


def load(config: dict[str, Any], left_out: set[str]) -> set[str]:
    """Import all of it but `left_out`. Returns the names that warn, or fail halfway, when imported.

    When there is one, this process is no faithful copy any more. A library or a collection that is
    not there is no error: a module that wants it says so itself. Ansible's own base has to load:
    ImportError and whatever else it raises.
    """
    open_ansible(config["ansible"], config["version"])
    names = [*ANSIBLE, *WRAPPER, *config["libraries"]]
    for collection in config["collections"]:
        names += collection_utilities(collection, config["roots"])
    loud = set()
    # A warning that is shown here, to nobody, would not be shown again in the module that causes it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("ansible.module_utils.basic")
        for name in names:
            if name in left_out:
                continue
            before = said()
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if not f"{name}.".startswith(f"{error.name}."):
                    loud.add(name)
            except Exception:
                loud.add(name)
            if said() != before:
                loud.add(name)
        if "botocore.session" in sys.modules:
            warm_botocore.share()
            warm_botocore.prepare_sessions()
    return loud


def checksums(config: dict[str, Any]) -> dict[str, int | None]:
    """By module name, the checksum of the source of each loaded module that a payload may carry.

    A source that changed since the process started has none, so nobody relies on it.
    """
    # Not the modules' own __file__: some put another module into their place.
    places = [os.path.dirname(config["ansible"]), *config["roots"]]
    found = {}
    for name in list(sys.modules):
        if name.startswith(("ansible.", "ansible_collections.")):
            path = source(name, places)
            if path:
                fresh = os.path.getmtime(path) >= config["began"]
                found[name] = None if fresh else checksum(path)
    return found
