#!/usr/bin/python
# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
module: component_traces
short_description: Finds the components at which a run would find nothing to do
version_added: 0.3.0
description:
  - A run that finds nothing to do at a component leaves a trace of it, what its tasks asked AWS and a digest of each answer
    (P(groundwork.aws.traces#callback)). Here the same is asked again, side by side. Where all answers are the same, and the code,
    the variables and the files as well, the component's tasks would find nothing again, so they need not run (docs/traces.md).
  - It works on the controller, as an action plugin, and changes nothing.
options:
  enabled:
    description: Whether to look at all. Without, every component's tasks run.
    type: bool
    default: true
  graph:
    description: Which components each component needs.
    type: dict
    required: true
  facts:
    description: By what an environment is known, such as its project, name, account and region.
    type: dict
    required: true
  options_file:
    description: A YAML file whose keys are the variables that a run takes with C(-e), and that no component's role sees.
    type: path
    required: true
author:
  - Groundwork contributors
"""

EXAMPLES = r"""
- name: Find the components at which there is nothing to do
  groundwork.aws.component_traces:
    graph: {database: [network], network: []}
    facts: {project: shop, environment: qa, account: "123456789012", region: eu-central-1}
    options_file: roles/preflight/rules/options.yml
  register: in_step
"""

RETURN = r"""
components:
  description: For each component in step, its C(outputs), its C(resources) and what else it met (C(seen)).
  returned: always
  type: dict
why:
  description: For each other component that has a trace, why it is not passed over.
  returned: always
  type: dict
questions:
  description: How many questions were asked.
  returned: always
  type: int
context:
  description: What P(groundwork.aws.traces#callback) needs to write traces.
  returned: always
  type: dict
msg:
  description: How many components are in step, for people.
  returned: when there is one
  type: str
"""
