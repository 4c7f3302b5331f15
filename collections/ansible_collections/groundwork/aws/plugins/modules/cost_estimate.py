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
  - Asks nothing of AWS unless O(prices) says so, and changes nothing.
  - Fails where a size, class or region has no price, and says which row is to be added. Nothing is counted as 0 because its price is unknown.
options:
  roles:
    description: Folder of the project's roles, of which each component's says in meta/cost.yml what it counts.
    type: path
    required: true
  prices:
    description:
      - V(table) counts with the prices of the role cost.
      - V(live) asks AWS's Price List for each price that the estimate takes, and counts with the table's where AWS tells none, which the lines
        name with the reason. Where AWS cannot be asked at all it warns.
      - V(compare) makes no estimate, but compares every row of the tables with AWS's Price List. It fails where AWS cannot be asked.
      - Both need the permission C(pricing:GetProducts). The inventory's own prices go before either.
    type: str
    choices: [table, live, compare]
    default: table
    version_added: 0.4.0
"""

EXAMPLES = r"""
- name: Estimate
  groundwork.aws.cost_estimate:
    roles: "{{ playbook_dir | dirname }}/roles"
"""

RETURN = r"""
estimate:
  description: >-
    The estimate, in USD - components with their lines, fixed, use, total, budget (monthly, left), usage, region and its factor; with
    O(prices=live) also prices (asked, published, live, missing, trouble).
  returned: when everything has a price
  type: dict
comparison:
  description: With O(prices=compare), the rows that moved, how many are the same, and what AWS did not tell.
  returned: when AWS told any price
  type: dict
lines:
  description: The same as a table for people.
  returned: when everything has a price
  type: list
  elements: str
"""
