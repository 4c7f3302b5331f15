# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a run says to AWS at its end: its record is kept, its lock released.

Imports nothing of Ansible: the keeper, a plain program, uses it too.
"""

from __future__ import annotations

import json
from typing import Any


class Farewell:
    """AWS at the end of a run, reached as the run reached it.

    `taken`: the file `lock`; `locks` and `clock`: the modules lock and server_clock, of whoever asks.
    """

    def __init__(self, taken: dict[str, Any], locks: Any, clock: Any) -> None:
        import botocore.session

        self._taken, self._locks, self._clock = taken, locks, clock
        self._session = botocore.session.Session(profile=taken["profile"] or None)
        self._clients: dict[str, Any] = {}

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        if service not in self._clients:
            self._clients[service] = self._session.create_client(
                service,
                region_name=self._taken["region"] or None,
                endpoint_url=self._taken["endpoint_url"] or None,
                config=Config(
                    connect_timeout=5,
                    read_timeout=15,
                    retries={"max_attempts": 5, "mode": "standard"},
                ),
            )
        return self._clients[service]

    def prepare(self) -> None:
        """Make the clients before they are needed: that takes as long as a dozen calls."""
        for service in ("s3", "dynamodb"):
            self._client(service)

    def say(self, key: str, record: dict[str, Any] | None) -> dict[str, str]:
        """Keep a record, if there is one, and release the lock; trouble with either, for one line each."""
        kept = self._keep(key, record) if record is not None else ""
        return {"kept": kept, "released": self._release()}

    def _keep(self, key: str, record: dict[str, Any]) -> str:
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

    def _release(self) -> str:
        # One that is lost, or whose table is gone, is no trouble.
        from botocore.exceptions import BotoCoreError, ClientError

        taken, clock = self._taken, self._clock
        try:
            lock = self._locks.Lock(
                self._client("dynamodb"),
                taken["table"],
                taken["name"],
                clock.ServerClock(),
                clock.ticks,
            )
            lock.release(taken["run"], taken["epoch"])
        except self._locks.TableMissing:
            pass
        except (ClientError, BotoCoreError) as error:
            return str(error)
        return ""
