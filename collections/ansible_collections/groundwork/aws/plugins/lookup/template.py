# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""ansible.builtin.template without a copy of every variable."""

from __future__ import annotations

DOCUMENTATION = r"""
name: template
short_description: A file's text after Jinja, quickly
version_added: 0.4.0
author: Groundwork contributors
description:
  - Does what P(ansible.builtin.template#lookup) does, and takes all of its options, but does not copy every variable in depth,
    which takes a tenth of a second for each template.
  - A template that changed a list or a dictionary of the play in place would therefore change it for the rest of its task.
options:
  _terms:
    description: Templates, found as M(ansible.builtin.template) finds them.
    required: true
"""

EXAMPLES = r"""
- name: Show a text
  ansible.builtin.debug:
    msg: "{{ lookup('groundwork.aws.template', 'summary.j2') }}"
"""

RETURN = r"""
_raw:
  description: The text of each template.
  type: list
  elements: raw
"""

from typing import Any

from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase


class Variables(dict[str, Any]):
    """The variables of a task, of which a copy in depth is as deep as is needed here."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class LookupModule(LookupBase):
    """Hands on to Ansible's own."""

    def run(
        self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any
    ) -> list[Any]:
        """Render each template."""
        theirs = lookup_loader.get(
            "ansible.builtin.template", loader=self._loader, templar=self._templar
        )
        return theirs.run(terms, variables=Variables(variables or {}), **options)
