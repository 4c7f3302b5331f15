#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)

DOCUMENTATION = r"""
---
module: preflight
version_added: 0.2.0
author: [Groundwork contributors]
short_description: Everything that is wrong with a run, before its first change
description:
  - Judges the inventory, the variables of the command line, the machine that runs Ansible and the account that its
    credentials belong to, and fails once, with every finding in one message.
  - Runs on the machine that runs Ansible, and changes nothing.
options:
  operation:
    description: The verb that is begun, one of operations.yml in O(rules).
    type: str
    required: true
  roles:
    description: Folder of the project's roles, of which each says its options in meta/argument_specs.yml and meta/limits.yml.
    type: path
    required: true
  rules:
    description: >-
      Folder with what is known besides the roles - project.yml (the project's own variables), options.yml (what verbs
      take on the command line), operations.yml (what verbs need), versions.yml and tree.yml.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Look before the first change
  groundwork.aws.preflight:
    operation: provision
    roles: "{{ role_path | dirname }}"
    rules: "{{ role_path }}/rules"
"""

RETURN = r"""
findings:
  description: What is wrong, each with key, says, write, path and line.
  returned: always
  type: list
  elements: dict
cost:
  description: What a month of the environment costs as declared, for the end of a run. docs/cost.md
  returned: for verbs that change the infrastructure, where the inventory says anything of money
  type: dict
"""
