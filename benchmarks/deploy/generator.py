"""The load generator: hey, which is not ours."""

from __future__ import annotations

import os
import shutil
import subprocess

from benchmarks.deploy.errors import Stop

PACKAGE = "hey"


def have() -> None:
    """Install hey where it is missing, and say so."""
    if shutil.which(PACKAGE):
        return
    by_hand = f"install the Debian package {PACKAGE}, or https://github.com/rakyll/hey 0.1.4"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Stop(f"The load generator hey is missing: {by_hand}.")
    print(f"==> installing the load generator: apt-get install {PACKAGE}", flush=True)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", PACKAGE],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0 or not shutil.which(PACKAGE):
        why = done.stderr.strip().splitlines()[-1:] or ["it is not in the path afterwards"]
        raise Stop(f"apt-get could not install hey: {why[0]}\nTry apt-get update, or {by_hand}.")
