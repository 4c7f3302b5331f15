"""URLs are asked until they answer well in a row."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.groundwork.aws.plugins.modules import http_probe


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802 - the name that http.server asks for
        self.server.asked.append(self.path)
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.end_headers()

    def log_message(self, *words):
        """Nothing: a test's output is its result."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(http_probe, "PAUSE", 0.01)
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.answers = [], [200]
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def ask(server, capsys):
    def asked(url="", **given):
        url = url or f"http://127.0.0.1:{server.server_port}/health?deep=1"
        with patch_module_args({"urls": [url], **given}), contextlib.suppress(SystemExit):
            http_probe.main()
        return json.loads(capsys.readouterr().out)

    return asked


def test_each_url_answers_as_often_as_asked_for(ask, server):
    result = ask(requests=4)
    assert (result["answered"], result["unknown"], result["changed"]) == (True, "", False)
    assert server.asked == ["/health?deep=1"] * 4


def test_a_redirect_is_good_and_not_followed(ask, server):
    server.answers = [302]
    assert ask(requests=1)["answered"] is True
    assert len(server.asked) == 1


def test_a_service_that_stays_ill_fails_with_its_status(ask, server):
    server.answers = [500]
    result = ask(wait=0)
    assert result["failed"] and result["answered"] is False
    assert result["msg"].endswith("/health?deep=1 answers 500")


def test_a_bad_answer_begins_the_row_anew(ask, server):
    server.answers = [500, 200, 500, 200]
    assert ask(requests=3)["answered"] is True
    assert len(server.asked) == 6


def test_nobody_listening_is_told(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert "refused" in ask(url, wait=0)["msg"]


def test_an_unknown_name_is_no_failure(ask, monkeypatch):
    def unknown(*words):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(http_probe.socket, "getaddrinfo", unknown)
    result = ask("http://shop.invalid/")
    assert "shop.invalid is not resolvable" in result["unknown"]
    assert "answered" not in result and "failed" not in result
