# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The options of Ansible's own `ssh`, whichever version it is, for a connection that adds to it."""

import yaml
from ansible.plugins.connection import ssh


class ModuleDocFragment:
    """Every option of ansible.builtin.ssh."""

    DOCUMENTATION = yaml.safe_dump({"options": yaml.safe_load(ssh.DOCUMENTATION)["options"]})
