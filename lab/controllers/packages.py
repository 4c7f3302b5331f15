"""Serves the packages that the lab builds itself, over HTTP on the lab's bridge."""

import http.server
import threading
from functools import partial
from typing import Any

from lab.controllers.base import Controller


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of one folder, without listings."""

    def list_directory(self, path: Any) -> None:
        """Refuse to list."""
        self.send_error(404)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the log for what matters."""


class Packages(Controller):
    """An HTTP server over the packages' folder."""

    name = "packages"
    interval = 5.0
    _server: http.server.ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Start the server."""
        settings = self.lab.settings
        handler = partial(Handler, directory=str(settings.packages))
        address = (str(settings.gateway), settings.packages_port)
        self._server = http.server.ThreadingHTTPServer(address, handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reconcile(self) -> None:
        """Do nothing: the server reads the folder at each request."""

    def stop(self) -> None:
        """Stop the server."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
