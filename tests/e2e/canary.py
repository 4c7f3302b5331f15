"""Looks for a secret's value wherever a host or a run may have left it.

The value travels to the host by standard input: an argument would stand in the process list, and
sudo would write it into the very journal that is searched.
"""

import base64
import subprocess
import urllib.parse
from collections.abc import Iterable, Sequence

# Everything of a host that a disk holds or a log keeps. /run/groundwork/secrets is the one place in
# memory where the values belong; /proc/*/environ is the processes' own memory.
SEARCH = r"""
set -u
umask 077
# In memory, and out of the searched folders.
needles=$(mktemp -p /dev/shm)
trap 'rm -f "$needles"' EXIT
echo @NEEDLES@ | base64 -d >"$needles"
grep --recursive --text --files-with-matches --devices=skip --no-messages --file "$needles" \
  /boot /etc /home /mnt /opt /root /srv /tmp /usr/local /var 2>/dev/null
find /run -xdev -type f -size -10M -not -path '/run/groundwork/*' -print0 2>/dev/null |
  xargs -0 --no-run-if-empty grep --text --files-with-matches --no-messages --file "$needles"
journalctl --no-pager --output export 2>/dev/null |
  grep --text --quiet --file "$needles" && echo journal
for process in /proc/[0-9]*; do
  tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep --text --quiet --file "$needles" &&
    echo "arguments of $(cat "$process/comm")"
done
command -v docker >/dev/null && for container in $(docker ps --all --quiet); do
  docker inspect "$container" | grep --quiet --file "$needles" && echo "configuration of $container"
  docker logs "$container" 2>&1 | grep --text --quiet --file "$needles" && echo "log of $container"
done
exit 0
"""


def needles(value: str) -> list[str]:
    """Give the forms in which a value may turn up: plain, for a URL, in JSON, in base64."""
    encoded = base64.b64encode(value.encode()).decode().rstrip("=")
    forms = {
        value,
        urllib.parse.quote(value, safe=""),
        value.replace("\\", "\\\\").replace('"', '\\"'),
        encoded[: len(encoded) // 4 * 4],
    }
    return sorted(form for form in forms if len(form) >= 8)


def search_host(login: Sequence[str], values: Iterable[str]) -> list[str]:
    """Search a whole host as root; give where something was found, never what.

    `login` is the command that runs a shell there, for example `["ssh", "admin@10.20.0.10"]`.
    Raises subprocess.CalledProcessError when the host cannot be searched.
    """
    lines = "\n".join(form for value in values for form in needles(value))
    script = SEARCH.replace("@NEEDLES@", base64.b64encode(lines.encode()).decode())
    done = subprocess.run(
        [*login, "sudo", "sh", "-s"], input=script, capture_output=True, text=True, check=True
    )
    return sorted(set(done.stdout.splitlines()))


def search_text(text: str, values: Iterable[str]) -> list[str]:
    """Give the numbers of the lines that hold a value, as `line 17`."""
    forms = [form for value in values for form in needles(value)]
    return [
        f"line {number}"
        for number, line in enumerate(text.splitlines(), start=1)
        if any(form in line for form in forms)
    ]
