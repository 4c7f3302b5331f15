# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: host_state_info
short_description: Which files and units of a host are not as they are to be
version_added: 0.4.0
description:
  - Asks a host once for the state of all files and units of a role, so that its tasks are done only where something differs.
    A task for each of them takes a tenth of a second to find that it has nothing to do.
  - It works as an action plugin, which renders templates on the controller and asks with M(groundwork.aws.commands_info).
options:
  files:
    description: Files and directories, owned by root.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where it is.
        type: str
        required: true
      state:
        description: What it is.
        type: str
        choices: [file, directory, absent]
        default: file
      content:
        description: The text that it holds. Where neither O(files[].template) nor O(files[].source) is given, any text will do.
        type: str
      template:
        description: The template that makes its text, found as M(ansible.builtin.template) finds it.
        type: str
      source:
        description: The file that has its text, found as M(ansible.builtin.copy) finds it.
        type: str
      mode:
        description: Its mode in three digits; by itself V(644), of a directory V(755).
        type: str
      others:
        description: Whether its owner and mode are somebody else's matter.
        type: bool
        default: false
  units:
    description: Units of systemd. One that systemd has to read anew is never as it is to be.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: With its suffix, such as V(haproxy.service).
        type: str
        required: true
      active:
        description: Whether it runs.
        type: bool
      enabled:
        description: Whether it starts at a boot.
        type: bool
      reads:
        description: Those of the O(files) that it takes up when it starts or is reloaded. One that is newer than that makes the
          unit stale, as a run leaves it that was killed before its handlers.
        type: list
        elements: str
        default: []
  commands:
    description: More to ask at the same time, as M(groundwork.aws.commands_info) takes it, by other names than V(files), V(sums) and
      V(units).
    type: dict
    default: {}
attributes:
  check_mode:
    description: It only looks.
    support: full
author:
  - Groundwork contributors
"""

EXAMPLES = r"""
- name: Look what differs on the host
  groundwork.aws.host_state_info:
    files:
      - {path: /etc/haproxy, state: directory}
      - {path: /etc/haproxy/haproxy.cfg, template: haproxy.cfg.j2}
    units:
      - {name: haproxy.service, active: true, enabled: true, reads: [/etc/haproxy/haproxy.cfg]}
  register: _looked

- name: Have what differs as it is to be
  ansible.builtin.include_tasks: differs.yml
  when: _looked.unlike | length > 0
"""

RETURN = r"""
unlike:
  description: Paths of the files and names of the units that are not as they are to be.
  returned: always
  type: list
  elements: str
stale:
  description: Names of the units that have not taken up what they read.
  returned: always
  type: list
  elements: str
results:
  description: What each of the O(commands) said, as M(groundwork.aws.commands_info) returns it.
  returned: always
  type: dict
"""
