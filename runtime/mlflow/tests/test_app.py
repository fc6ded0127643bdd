import asyncio
import json
import logging

import pytest

from mlops_mlflow.app import Platform
from mlops_mlflow.settings import read_settings


async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inner"})


def answer(platform, method, path):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(platform({"type": "http", "method": method, "path": path}, None, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.fixture
def platform(base, monkeypatch):
    settings = read_settings(base | {"ML_APPROVERS": '{"housing": ["ann"]}'})
    platform = Platform(inner, settings)
    monkeypatch.setattr(platform._approved, "model_of", lambda path: "housing" if "housing" in path else None)
    return platform


@pytest.mark.parametrize("prefix", ["/api/2.0", "/ajax-api/2.0", "/api/3.0"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "artifacts/1/housing/x"),
        ("DELETE", "artifacts/1/housing"),
        ("POST", "mpu/create/1/housing/x"),
        ("POST", "mpu/complete/1/housing/x"),
    ],
)
def test_files_in_production_are_not_changed(platform, prefix, method, path):
    status, body = answer(platform, method, f"{prefix}/mlflow-artifacts/{path}")
    assert status == 403
    assert json.loads(body) == {
        "error_code": "PERMISSION_DENIED",
        "message": "The files of 'housing' that are in production cannot be changed: "
        "register a new version and have it approved.",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/2.0/mlflow-artifacts/artifacts/1/housing/x"),
        ("PUT", "/api/2.0/mlflow-artifacts/artifacts/1/other/x"),
        ("POST", "/api/2.0/mlflow/runs/create"),
    ],
)
def test_everything_else_is_mlflows(platform, method, path):
    assert answer(platform, method, path) == (200, b"inner")


def test_without_approvers_no_file_is_looked_up(base):
    assert Platform(inner, read_settings(base))._approved is None


@pytest.mark.parametrize(("path", "level"), [("/health", "DEBUG"), ("/api/2.0/mlflow/runs/get", "INFO")])
def test_a_request_is_one_line(platform, caplog, path, level):
    caplog.set_level(logging.DEBUG)
    answer(platform, "GET", path)
    [record] = [record for record in caplog.records if record.message == "request"]
    assert (record.levelname, record.method, record.path, record.status) == (level, "GET", path, 200)
