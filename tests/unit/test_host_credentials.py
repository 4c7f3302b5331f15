"""The programs on a host get its role's credentials, also from a slow metadata service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROLES = Path(__file__).parents[2] / "roles"
KEY = "ASIASLOWMETADATASERVICE"
SLOW = 1.5  # seconds; botocore's own patience is one
ITEM = {"name": "A", "secret_id": "shop/qa/a", "version_stage": "AWSCURRENT", "format": None}
PROGRAMS = {
    "secrets": ["groundwork_secrets.py", "--look"],
    "database_rotation": (
        ["groundwork_database_user.py", "--secret=shop/qa/a", "--region=us-east-1"]
        + ["--host=127.0.0.1", "--database=shop", "--authorities=/dev/null"]
    ),
}


class Host(BaseHTTPRequestHandler):
    """A host's slow metadata service, and an AWS that only remembers whose key asked."""

    asked: list[str]

    def do_PUT(self) -> None:
        time.sleep(SLOW)
        self._send("a-token")

    def do_GET(self) -> None:
        if self.headers.get("X-aws-ec2-metadata-token") != "a-token":
            return self._send("", 401)
        if not self.path.endswith("/security-credentials/app"):
            return self._send("app")
        end = datetime.now(UTC) + timedelta(hours=6)
        given = {"Code": "Success", "AccessKeyId": KEY, "SecretAccessKey": "-", "Token": "-"}
        self._send(json.dumps(given | {"Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}"}))

    def do_POST(self) -> None:
        self.asked.append(self.headers["Authorization"])
        self._send('{"__type": "AccessDeniedException"}', 400)

    def _send(self, text: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments: object) -> None:
        """Keep the tests' output short."""


@pytest.fixture
def host():
    handler = type("Own", (Host,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("role", PROGRAMS)
def test_a_slow_metadata_service_gives_credentials(role, host, tmp_path):
    url, asked = host
    # The database is not what is asked for here, and its driver is a package of the host's.
    for name in ("__init__", "sql", "extensions"):
        path = tmp_path / "psycopg2" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("Error = OSError\nencrypt_password = None\n")
    program, *arguments = PROGRAMS[role]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    own = {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "AWS_ENDPOINT_URL": url}
    subprocess.run(
        [sys.executable, ROLES / role / "files" / program, *arguments],
        env=kept | own | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url},
        input=json.dumps({"name": "shop-qa", "region": "us-east-1", "items": [ITEM]}),
        text=True,
        timeout=60,
    )
    assert asked and all(KEY in one for one in asked)
