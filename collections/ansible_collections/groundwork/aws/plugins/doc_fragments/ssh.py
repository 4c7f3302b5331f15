# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The options of Ansible's own `ssh`, whichever version it is, for a connection that adds to it."""

import json

import yaml
from ansible.plugins.connection import ssh
from yaml import CSafeLoader as Loader


class ModuleDocFragment:
    """Every option of ansible.builtin.ssh."""

    # JSON is YAML, and quick to write.
    DOCUMENTATION = json.dumps({"options": yaml.load(ssh.DOCUMENTATION, Loader)["options"]})
