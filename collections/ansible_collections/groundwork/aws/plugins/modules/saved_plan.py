#!/usr/bin/python
# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
module: saved_plan
short_description: Stops a run that would not do what a saved plan says
version_added: 0.2.0
description:
  - In a real run it reads a plan that a check run wrote, plans once more with the command line of this run, and fails
    with the differences when the two are not the same.
  - In a check run it only looks whether the plan can be written there at the end, which is done by
    P(groundwork.aws.plan_file#callback).
  - It works on the controller, as an action plugin, and changes nothing.
options:
  path:
    description: File of the plan.
    type: str
    required: true
  operation:
    description: What the run does, such as V(provision). A plan of another operation is refused.
    type: str
    required: true
author:
  - Groundwork contributors
notes:
  - Passwords that the command asks for cannot be asked for again. Use a vault password file.
"""

EXAMPLES = r"""
- name: Stop unless the saved plan is what this run would do
  groundwork.aws.saved_plan:
    path: plan.json
    operation: provision
"""

RETURN = r"""
msg:
  description: In what the plan and the run differ, or that they do not.
  returned: always
  type: str
"""
