"""Renders a role's template as Ansible does: its own Templar, with the role's defaults and vars."""

from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLES = Path(__file__).parents[2] / "roles"


def trusted(value: Any) -> Any:
    """Mark every text of a role's variables as a template, as Ansible's own loader does."""
    if isinstance(value, dict):
        return {key: trusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


def variables(role: str) -> dict[str, Any]:
    """The role's defaults and vars, still as templates."""
    found: dict[str, Any] = {}
    for folder in ("defaults", "vars"):
        path = ROLES / role / folder / "main.yml"
        if path.exists():
            found |= trusted(yaml.safe_load(path.read_text()))
    return found


def render(role: str, template: str, **given: Any) -> str:
    """The text of roles/<role>/templates/<template> with `given` over the role's own variables."""
    known = {"ansible_managed": "Managed by Ansible", "inventory_hostname": "app-1"}
    templar = Templar(loader=DataLoader(), variables=known | variables(role) | given)
    text = (ROLES / role / "templates" / template).read_text()
    # As the template module does: blocks leave no empty lines.
    templar = templar.copy_with_new_env(available_variables=known | variables(role) | given)
    overrides = {"trim_blocks": True, "keep_trailing_newline": True}
    return templar.template(trust_as_template(text), overrides=overrides)
