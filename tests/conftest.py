"""Our collection is found as Ansible finds it, and no account of the shell's is."""

import os
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

init_plugin_loader([str(Path(__file__).parents[1] / "collections")])

# `source <(make lab-env)`, or a profile of a real account: tests bring accounts of their own.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
