"""What a module's page says of its options is what the module takes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "collections/ansible_collections/groundwork/aws/plugins/modules"
NAMES = sorted(path.stem for path in MODULES.glob("[a-z]*.py"))
CODE = "ansible_collections.groundwork.aws.plugins.modules"
# The others are action plugins with a page here: they take their options on the controller.
RUN = [name for name in NAMES if "\ndef main(" in (MODULES / f"{name}.py").read_text()]


class Asked(BaseException):
    """A module tells what it takes, and goes no further."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self.spec = spec


def taken(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The options that a module gives AnsibleModule."""

    def stop(_self: Any, argument_spec: dict[str, Any], **_: Any) -> None:
        raise Asked(argument_spec)

    monkeypatch.setattr(basic.AnsibleModule, "__init__", stop)
    code = import_module(f"{CODE}.{name}")
    with pytest.raises(Asked) as caught:
        code.main()
    return caught.value.spec


def told(options: dict[str, Any]) -> dict[str, Any]:
    """What matters of options, of a page's or a module's, those inside of them included."""
    found = {}
    for name, option in options.items():
        kind = option.get("type", "str")
        default = option.get("default")
        found[name] = {
            "type": kind if isinstance(kind, str) else kind.__name__,
            "default": str(default) if kind in ("path", "raw") and default else default,
            "required": bool(option.get("required")),
            "choices": list(option.get("choices") or []),
            "elements": option.get("elements"),
            "aliases": sorted(option.get("aliases") or []),
            "options": told(option.get("suboptions") or option.get("options") or {}),
        }
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_modules_page_can_be_read(name):
    page, examples, returned, _ = get_docstring(str(MODULES / f"{name}.py"), fragment_loader)
    assert page["short_description"] and page["author"] and examples
    assert returned or name not in RUN


@pytest.mark.parametrize("name", RUN)
def test_a_modules_page_names_the_options_that_it_takes(name, monkeypatch):
    page, *_ = get_docstring(str(MODULES / f"{name}.py"), fragment_loader)
    assert told(page["options"]) == told(taken(name, monkeypatch))
