"""Answers for an application that is not deployed yet: ready to any GET, unavailable to all else."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

READY = {"status": "placeholder"}
UNAVAILABLE = {"error": "no version of the application is deployed yet; run its pipeline"}


class Placeholder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200, READY)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        # The body is read, or the connection could not be kept.
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(503, UNAVAILABLE)

    def log_message(self, format: str, *args: object) -> None:
        print(json.dumps({"level": "INFO", "message": format % args}), flush=True)

    def _answer(self, status: int, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8080"))), Placeholder).serve_forever()
