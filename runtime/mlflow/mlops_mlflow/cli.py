"""The command `mlops-mlflow`.

Exit codes: 0 done, 1 failed, 2 wrong variables (a retry will not help).
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence

from mlops_mlflow import logs
from mlops_mlflow.settings import Settings, SettingsError, read_settings

logger = logging.getLogger("mlops_mlflow")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="mlops-mlflow", description="MLflow for a platform.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="migrate the database, then serve on $PORT")
    commands.add_parser("migrate", help="bring the database to the schema of this MLflow")
    commands.add_parser("check", help="say whether variables, database and artifacts are in order")
    command = parser.parse_args(arguments).command
    logs.configure()
    # As process 1 of a container, Python would not end on SIGTERM by itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        settings = read_settings()
    except SettingsError as error:
        for problem in error.problems:
            logger.error(problem)
        return 2
    return _run(command, settings)


def _run(command: str, settings: Settings) -> int:
    """Run a command; a mistake that has a sentence ends with it, and without a traceback."""
    from mlops_mlflow.server import environment

    os.environ.update(environment(settings))
    from mlops_mlflow.credentials import CredentialsError
    from mlops_mlflow.migrations import MigrationError

    logs.configure()
    try:
        return {"serve": _serve, "migrate": _migrate, "check": _check}[command](settings)
    except (MigrationError, CredentialsError) as error:
        logger.error("%s", error)
    except Exception:
        logger.exception("failed")
    return 1


def _migrate(settings: Settings) -> int:
    from mlops_mlflow.migrations import migrate, open_database

    engine = open_database(settings.database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return 0


def _serve(settings: Settings) -> int:
    from mlops_mlflow.server import run

    _migrate(settings)
    # From here uvicorn answers SIGTERM: it lets running requests end, and sends the signal once more.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    run(settings)
    return 0


def _check(settings: Settings) -> int:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
    from mlflow.store.db.utils import _get_latest_schema_revision

    from mlops_mlflow.migrations import checked_revision, open_database

    logger.info("the variables are in order")
    engine = open_database(settings.database_url)
    try:
        revision = checked_revision(engine)
    finally:
        engine.dispose()
    pending = revision != _get_latest_schema_revision()
    logger.info("the database is in order", extra={"revision": revision, "migration": pending})
    get_artifact_repository(settings.artifacts).list_artifacts()
    logger.info("the artifacts can be listed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
