"""What a private dockerd leaves in the machine's firewall, and how to take it back."""

import json
import subprocess
from pathlib import Path

from lab.processes import boot_id

_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")


def remember(path: Path) -> None:
    """Note the state before the engine's start, once per boot, in a file."""
    if path.is_file() and json.loads(path.read_text(encoding="utf-8"))["boot"] == boot_id():
        return
    rules = _iptables("-S").splitlines()
    state = {
        "boot": boot_id(),
        "ip_forward": _FORWARD.read_text(encoding="ascii").strip(),
        "forward_policy": "DROP" if "-P FORWARD DROP" in rules else "ACCEPT",
        "docker": "-N DOCKER" in rules,
    }
    path.write_text(json.dumps(state), encoding="utf-8")


def restore(path: Path, bridges: tuple[str, ...]) -> None:
    """Remove the rules of the engine that has stopped. Another Docker's rules stay.

    Rules that name one of `bridges` go in any case; Docker's chains, the forward policy and
    forwarding itself go back only where no Docker was before ours.
    """
    if not path.is_file():
        return
    state = json.loads(path.read_text(encoding="utf-8"))
    if state["boot"] == boot_id():
        alone = not state["docker"]
        for table in ("filter", "nat", "mangle", "raw"):
            _clean(table, bridges, alone)
        if alone:
            _iptables("-P", "FORWARD", state["forward_policy"])
            _FORWARD.write_text(state["ip_forward"], encoding="ascii")
    path.unlink()


def _clean(table: str, bridges: tuple[str, ...], alone: bool) -> None:
    rules = [line.split() for line in _iptables("-t", table, "-S").splitlines()]
    ours = [
        rule for rule in rules
        if rule[0] == "-A" and (set(bridges) & set(rule) or (alone and _docker(rule)))
    ]  # fmt: skip
    for rule in ours:
        _iptables("-t", table, "-D", *rule[1:])
    chains = [rule[1] for rule in rules if rule[0] == "-N" and rule[1].startswith("DOCKER")]
    if alone:
        for chain in chains:
            _iptables("-t", table, "-F", chain)
        for chain in chains:
            _iptables("-t", table, "-X", chain)


def _docker(rule: list[str]) -> bool:
    return any(word.startswith("DOCKER") for word in rule)


def _iptables(*arguments: str) -> str:
    done = subprocess.run(["iptables", "-w", *arguments], capture_output=True, text=True)
    return done.stdout
