#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)

DOCUMENTATION = r"""
---
module: cost_estimate
version_added: 0.3.0
author: [Groundwork contributors]
short_description: What a month of an environment costs, by the sizes that its inventory declares
description:
  - Adds up what each component's role counts in its meta/cost.yml, at the prices of the role cost or the inventory's own.
  - Asks nothing of AWS, and changes nothing.
  - Fails where a size, class or region has no price, and says which row is to be added. Nothing is counted as 0 because its price is unknown.
options:
  roles:
    description: Folder of the project's roles, of which each component's says in meta/cost.yml what it counts.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Estimate
  groundwork.aws.cost_estimate:
    roles: "{{ playbook_dir | dirname }}/roles"
"""

RETURN = r"""
estimate:
  description: The estimate, in USD - components with their lines, fixed, use, total, budget (monthly, left), usage, region and its factor.
  returned: when everything has a price
  type: dict
lines:
  description: The same as a table for people.
  returned: when everything has a price
  type: list
  elements: str
"""
