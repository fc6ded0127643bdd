"""The server as the image starts it: gunicorn, its logs and its end."""

import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest
from conftest import EXAMPLE, Server, StartServer


def get(url: str) -> dict:
    """Return the decoded JSON answer of a GET request."""
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
        return json.load(response)


def entries(server: Server) -> list[dict]:
    """Return the log, every line of which must be a JSON object."""
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def test_the_bundled_model_is_served_and_requests_are_logged_once(server: Server) -> None:
    assert get(f"{server.url}/health") == {"status": "ok", "model_version": "bundled"}
    body = (EXAMPLE / "sample_request.json").read_bytes()
    with urllib.request.urlopen(f"{server.url}/predict", data=body, timeout=5) as response:  # noqa: S310
        assert len(json.load(response)["predictions"]) == 2

    requests = [entry for entry in entries(server) if entry.get("path") == "/predict"]
    assert [entry["status"] for entry in requests] == [200]
    assert not [entry for entry in entries(server) if entry["logger"] == "gunicorn.access"]


def test_ml_model_uri_names_the_model(start_server: StartServer, trained: Path) -> None:
    server = start_server(ML_MODEL_URI=str(trained))
    server.wait_until_healthy()
    version = json.loads((trained / "metrics.json").read_text())["version"]
    assert get(f"{server.url}/health")["model_version"] == version


def test_a_wrong_ml_model_uri_refuses_to_start(start_server: StartServer) -> None:
    server = start_server(ML_MODEL_URI="/nowhere/model.joblib")
    assert server.process.wait(timeout=20) == 1
    [entry] = entries(server)
    assert entry["level"] == "CRITICAL"
    assert entry["message"] == "refusing to start: no model at /nowhere/model.joblib"


@pytest.mark.parametrize(("level", "logged"), [("debug", True), ("INFO", False)])
def test_health_checks_are_logged_at_debug_only(
    start_server: StartServer, level: str, logged: bool
) -> None:
    server = start_server(LOG_LEVEL=level)
    server.wait_until_healthy()
    assert any(entry.get("path") == "/health" for entry in entries(server)) is logged


def test_an_unknown_log_level_is_warned_about(start_server: StartServer) -> None:
    server = start_server(LOG_LEVEL="loud")
    server.wait_until_healthy()
    assert any("LOG_LEVEL=loud is not one of" in entry["message"] for entry in entries(server))


def test_sigterm_ends_the_server_cleanly(start_server: StartServer) -> None:
    server = start_server()
    server.wait_until_healthy()
    os.kill(server.process.pid, signal.SIGTERM)
    assert server.process.wait(timeout=10) == 0
    assert entries(server)[-1]["message"].startswith("Shutting down")
