#!/usr/bin/python
# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
module: announce
short_description: Names a resource that a run changes, for its plan
version_added: 0.2.0
description:
  - A plan shows what each module would change. Some changes no module speaks of, for instance which migrations a
    container would apply. This names them in a plan, and after the change in a real run, so that the two are the same.
  - It works on the controller, as an action plugin, and changes nothing. Its result is always changed.
options:
  type:
    description: Kind of the resource, such as V(migration).
    type: str
    required: true
  name:
    description: Name of the resource.
    type: str
    required: true
  action:
    description: What happens to it.
    type: str
    choices: [create, update, delete]
    default: update
  changes:
    description: Changed properties, each with C(property), C(before) and C(after).
    type: list
    elements: dict
    default: []
author:
  - Groundwork contributors
"""

EXAMPLES = r"""
- name: Name the migrations that would be applied
  groundwork.aws.announce:
    type: migration
    name: "{{ item }}"
    action: create
  loop: "{{ pending }}"
"""

RETURN = r""" # """
