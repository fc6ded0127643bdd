"""Runs MLflow's own server application with what the platform adds."""

import os
import uuid
from collections.abc import Mapping
from typing import Any

import uvicorn

from mlops_mlflow import logs
from mlops_mlflow.settings import Settings

# The names that mlflow.server.constants has for them: to import that would load the application, which reads them.
BACKEND_STORE = "_MLFLOW_SERVER_FILE_STORE"
REGISTRY_STORE = "_MLFLOW_SERVER_REGISTRY_STORE"
ARTIFACT_ROOT = "_MLFLOW_SERVER_ARTIFACT_ROOT"
ARTIFACTS_DESTINATION = "_MLFLOW_SERVER_ARTIFACT_DESTINATION"
SERVE_ARTIFACTS = "_MLFLOW_SERVER_SERVE_ARTIFACTS"
ARTIFACTS_PROXIED = "mlflow-artifacts:/"
# What is being answered may be finished; Cloud Run ends the container after 10 seconds, ECS after 30.
STOP_SECONDS = 25
# The fronts keep idle connections for about a minute; the server closes later than they do.
KEEP_ALIVE_SECONDS = 75


def environment(settings: Settings, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables by which MLflow's application is configured, as `mlflow server` sets them.

    What the operator sets for the second half is kept.
    """
    own = {
        BACKEND_STORE: settings.database_url,
        REGISTRY_STORE: settings.database_url,
        ARTIFACT_ROOT: ARTIFACTS_PROXIED,
        ARTIFACTS_DESTINATION: settings.artifacts,
        SERVE_ARTIFACTS: "true",
        "_MLFLOW_SGI_NAME": "uvicorn",
        "_MLFLOW_SERVER_BOOT_ID": uuid.uuid4().hex,
        "_MLFLOW_IN_JOB_EXECUTOR": "false",
    }
    if settings.allowed_hosts:
        # Each host also with a port, as clients name one that is not the usual.
        hosts = [form for host in settings.allowed_hosts for form in _with_port(host)]
        own["MLFLOW_SERVER_ALLOWED_HOSTS"] = ",".join(dict.fromkeys(hosts))
    defaults = {
        # MLflow refuses its own web page unless the page's address is named.
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": ",".join(
            f"https://{host}" for host in settings.allowed_hosts if "*" not in host
        ),
        # Evaluations of generative models would run in more processes beside the server.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        # A private platform sends nobody figures of its use.
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_CONFIGURE_LOGGING": "false",
        # Three stores with a pool each: at most 30 connections for a worker.
        "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE": "5",
        "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW": "5",
        "MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE": "1800",
    }
    return own | {name: given.get(name) or value for name, value in defaults.items() if value}


def _with_port(host: str) -> list[str]:
    return [host] if "*" in host or ":" in host else [host, f"{host}:*"]


def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    os.environ.update(environment(settings))
    uvicorn.run(
        "mlops_mlflow.server:create_app",
        factory=True,
        host="0.0.0.0",  # noqa: S104 - the container's network is the platform's
        port=settings.port,
        workers=settings.workers,
        log_config=logs.logging_config(),
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def create_app() -> Any:  # noqa: ANN401 - an ASGI application
    """Return the application of one worker, which can answer at once: its stores are open."""
    logs.configure()  # before MLflow is loaded, which warns of things
    from mlflow.server import handlers
    from mlflow.server.fastapi_app import app

    from mlops_mlflow.app import Platform
    from mlops_mlflow.settings import read_settings

    settings = read_settings()
    handlers.initialize_backend_stores(settings.database_url, settings.database_url, ARTIFACTS_PROXIED)
    return Platform(app, settings)
