# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The end of a run that took the lock: its record is kept, its lock released."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.server_clock import ServerClock, ticks
from ansible_collections.groundwork.aws.plugins.plugin_utils import processes
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles

# In seconds: how long the keeper may take to end.
_PATIENCE = 5.0


def stop_keeper(files: LockFiles) -> None:
    """End the keeper, so that no renewal comes after the release."""
    keeper = files.read("keeper")
    if not keeper:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + _PATIENCE
        condition = processes.condition(keeper["pid"], keeper["start"])
        if condition == "gone":
            return
        # A stopped process takes no other signal.
        os.kill(keeper["pid"], signal.SIGKILL if condition == "stopped" else number)
        while time.monotonic() < until:
            if processes.condition(keeper["pid"], keeper["start"]) == "gone":
                return
            time.sleep(0.02)


class Ending:
    """AWS at the end of a run, reached as the run reached it. `taken`: the file `lock`."""

    def __init__(self, taken: dict[str, Any]) -> None:
        import botocore.session
        from botocore.config import Config

        self._taken = taken
        self._session = botocore.session.Session(profile=taken["profile"] or None)
        self._config = Config(
            connect_timeout=5, read_timeout=15, retries={"max_attempts": 5, "mode": "standard"}
        )

    def _client(self, service: str) -> Any:
        return self._session.create_client(
            service,
            region_name=self._taken["region"] or None,
            endpoint_url=self._taken["endpoint_url"] or None,
            config=self._config,
        )

    def keep(self, key: str, record: dict[str, Any]) -> str:
        """Keep the record; else why not, for one line."""
        from botocore.exceptions import BotoCoreError, ClientError

        bucket = self._taken["bucket"]
        try:
            self._client("s3").put_object(
                Bucket=bucket,
                Key=key,
                Body=json.dumps(record, indent=2, sort_keys=True).encode(),
                ContentType="application/json",
            )
        except (ClientError, BotoCoreError) as error:
            code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
            return f"the bucket {bucket} does not exist" if code == "NoSuchBucket" else str(error)
        return ""

    def release(self) -> str:
        """Release the lock; else why not, for one line. One that is lost, or gone, is no trouble."""
        from ansible_collections.groundwork.aws.plugins.module_utils.lock import Lock, TableMissing
        from botocore.exceptions import BotoCoreError, ClientError

        taken = self._taken
        try:
            lock = Lock(
                self._client("dynamodb"), taken["table"], taken["name"], ServerClock(), ticks
            )
            lock.release(taken["run"], taken["epoch"])
        except TableMissing:
            pass
        except (ClientError, BotoCoreError) as error:
            return str(error)
        return ""
