"""Our collection is found as Ansible finds it, before a test imports something of it by itself."""

from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

init_plugin_loader([str(Path(__file__).parents[1] / "collections")])
