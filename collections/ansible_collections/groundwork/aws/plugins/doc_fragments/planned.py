# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the documentation of every module that can be planned says."""


class ModuleDocFragment:
    """Check mode and diff; `groundwork.aws.planned.resource` adds `state`."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: The change is announced, no API call that changes something is made.
    support: full
  diff_mode:
    description: The changed properties before and after, never a secret.
    support: full
"""

    RESOURCE = (
        DOCUMENTATION
        + r"""
options:
  state:
    description: Whether the resource shall exist.
    type: str
    choices: [present, absent]
    default: present
"""
    )
