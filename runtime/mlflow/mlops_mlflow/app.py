"""What the platform puts around MLflow's application: the log of requests, and the files of approved models."""

import json
import logging
import posixpath
import re
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlparse

import anyio

from mlops_mlflow import registry
from mlops_mlflow.settings import Settings

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

QUIET = ("/health", "/version", "/static-files/")
FILES = re.compile(r"/(?:ajax-)?api/\d\.\d/mlflow-artifacts/(?:artifacts|mpu/\w+)(?:/(.*))?", re.S)
# For how long an approval that another process has taken is not seen here; its own are seen at once.
KNOWN_SECONDS = 1

logger = logging.getLogger(__name__)


class Platform:
    """MLflow's application, with a log line per request; it refuses to change files of approved models."""

    def __init__(self, app: Application, settings: Settings) -> None:
        """Wrap the application."""
        self._app = app
        self._approved = ApprovedFiles(tuple(settings.approvers)) if settings.approvers else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def watched(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            model = await self._model_of(scope)
            if model is None:
                await self._app(scope, receive, watched)
            else:
                await _refuse(watched, model)
        finally:
            quiet = scope["path"].startswith(QUIET) and status < 400
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "latency_ms": round((time.perf_counter() - started) * 1000, 2),
            }
            logger.log(logging.DEBUG if quiet else logging.INFO, "request", extra=fields)

    async def _model_of(self, scope: Scope) -> str | None:
        """Return the approved model whose files a request would change."""
        if self._approved is None or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        found = FILES.fullmatch(scope["path"])
        if found is None:
            return None
        return await anyio.to_thread.run_sync(self._approved.model_of, found[1] or "")


class ApprovedFiles:
    """The folders of the models in production that need approval."""

    def __init__(self, models: tuple[str, ...]) -> None:
        """Take the names of the models."""
        self._models = models
        self._folders: dict[str, str] = {}
        self._known_until = 0.0
        self._lock = threading.Lock()

    def model_of(self, path: str) -> str | None:
        """Return the model that has this file or folder, or one below it, if any."""
        changed = _plain(path)
        with self._lock:
            if time.monotonic() >= self._known_until or registry.alias_was_set.is_set():
                registry.alias_was_set.clear()
                self._folders = {folder: model for model in self._models if (folder := _folder(model))}
                self._known_until = time.monotonic() + KNOWN_SECONDS
            folders = self._folders
        for folder, model in folders.items():
            if not changed or _inside(changed, folder) or _inside(folder, changed):
                return model
        return None


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _plain(path: str) -> str:
    """Return the path as the store will see it: decoded, without dots and doubled slashes."""
    while (decoded := unquote(path)) != path:
        path = decoded
    return posixpath.normpath(f"/{path}").strip("/")


def _folder(model: str) -> str | None:
    """Return the folder of the version in production, or None where there is none."""
    from mlflow.exceptions import MlflowException
    from mlflow.server import handlers

    store = handlers._get_model_registry_store()
    try:
        version = store.get_model_version_by_alias(model, registry.ALIAS).version
        place = urlparse(store.get_model_version_download_uri(model, version))
        if place.scheme == "models":  # a model that was logged, and not a file of a run
            logged = handlers._get_tracking_store().get_logged_model(place.path.strip("/"))
            place = urlparse(logged.artifact_location)
    except MlflowException:
        return None
    return _plain(place.path) if place.scheme == "mlflow-artifacts" else None


async def _refuse(send: Send, model: str) -> None:
    """Answer 403 in the way of MLflow's own errors."""
    message = (
        f"The files of {model!r} that are in production cannot be changed: register a new version and have it approved."
    )
    body = json.dumps({"error_code": "PERMISSION_DENIED", "message": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # the body of the request was not read
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
