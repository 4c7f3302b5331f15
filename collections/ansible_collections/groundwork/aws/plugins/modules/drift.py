#!/usr/bin/python
# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
module: drift
short_description: Compares what stands in AWS with what the inventory declares
version_added: 0.2.0
description:
  - Runs a playbook once more in check mode, with the inventory, limit and variables of this run, and collects its plan.
  - Then looks for orphans, resources that carry the given tags and that the plan did not meet, and instances of RDS that a restore left without tags.
  - It works on the controller, as an action plugin, and changes nothing.
options:
  playbook:
    description: The playbook that keeps the resources.
    type: path
    required: true
  tags:
    description: The tags by which a resource of the environment is known.
    type: dict
    required: true
  regions:
    description: Further regions to look for orphans in.
    type: list
    elements: str
    default: []
  path:
    description: File in which the differences are written as JSON.
    type: str
author:
  - Groundwork contributors
"""

EXAMPLES = r"""
- name: Compare the environment with its inventory
  groundwork.aws.drift:
    playbook: "{{ playbook_dir }}/provision.yml"
    tags: {Project: shop, Environment: qa}
  register: found
"""

RETURN = r"""
drifted:
  description: Whether anything differs.
  returned: always
  type: bool
totals:
  description: Numbers of resources to create, update, delete, unchanged ones, and orphans.
  returned: always
  type: dict
components:
  description: The differences by component, in the shape of a plan.
  returned: always
  type: dict
orphans:
  description: What M(groundwork.aws.tagged_resources_info) says of each orphan.
  returned: always
  type: list
  elements: dict
lines:
  description: The same for people.
  returned: always
  type: list
  elements: str
"""
