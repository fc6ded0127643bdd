"""Brings the database to the schema of this MLflow: forward only, by one instance at a time."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import mlflow
import sqlalchemy
from alembic.script import ScriptDirectory
from mlflow.store.db import utils as db
from sqlalchemy import Connection, Engine, text

LOCK = int.from_bytes(b"mlflow", "big")
LOCK_SECONDS = 1800
POLL_SECONDS = 0.5

logger = logging.getLogger(__name__)


class MigrationError(Exception):
    """The database cannot be used; the message says what to do."""


def open_database(url: str) -> Engine:
    """Return an engine for the database, which may still be starting."""
    try:
        return db.create_sqlalchemy_engine_with_retry(url)
    except sqlalchemy.exc.OperationalError as error:
        raise MigrationError(f"the database cannot be reached: {error.orig}") from error


def migrate(engine: Engine) -> bool:
    """Bring the database to the schema of this MLflow; return whether anything had to be done.

    Raises:
        MigrationError: the schema is newer than this MLflow, or the user may not change it.
    """
    with _lock(engine):
        revision = checked_revision(engine)
        latest = db._get_latest_schema_revision()
        if revision == latest:
            logger.info("the schema is current", extra={"revision": revision})
            return False
        details = {"from_revision": revision, "to_revision": latest}
        logger.info("migrating", extra=details)
        try:
            # An empty database starts from MLflow's first tables; both steps can be repeated.
            (db._upgrade_db if revision else db._initialize_tables)(engine)
        except sqlalchemy.exc.ProgrammingError as error:
            if "permission denied" not in str(error.orig):
                raise
            user, schema = _user_and_schema(engine)
            raise MigrationError(
                f"the user {user!r} may not create tables ({str(error.orig).strip()}): "
                f'let the owner of the database run GRANT CREATE, USAGE ON SCHEMA {schema} TO "{user}"'
            ) from error
        logger.info("migrated", extra=details)
        return True


def checked_revision(engine: Engine) -> str | None:
    """Return the revision of the schema, or None when there is none yet.

    Raises:
        MigrationError: this MLflow does not know the revision.
    """
    revision = db._get_schema_version(engine)
    if revision is None or revision in _known_revisions():
        return revision
    raise MigrationError(
        f"the database has the schema {revision!r}, which MLflow {mlflow.__version__} does not know: "
        "a newer version has migrated it. Run that version or a newer one, or restore a backup from "
        "before; a schema is never taken back"
    )


def _known_revisions() -> set[str]:
    scripts = ScriptDirectory.from_config(db._get_alembic_config(db_url=""))
    return {script.revision for script in scripts.walk_revisions()}


@contextmanager
def _lock(engine: Engine) -> Iterator[None]:
    """Hold the lock that all instances on this database share; it ends with the connection."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        deadline = time.monotonic() + LOCK_SECONDS
        waits = False
        while not _scalar(connection, "SELECT pg_try_advisory_lock(:lock)"):
            if not waits:
                logger.info("another instance is migrating: waiting for it")
                waits = True
            if time.monotonic() > deadline:
                reason = f"another instance has held the lock for {LOCK_SECONDS} seconds"
                raise MigrationError(f"no migration: {reason}")
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            _scalar(connection, "SELECT pg_advisory_unlock(:lock)")


def _scalar(connection: Connection, query: str) -> bool:
    return connection.execute(text(query), {"lock": LOCK}).scalar_one()


def _user_and_schema(engine: Engine) -> tuple[str, str]:
    with engine.connect() as connection:
        row = connection.execute(text("SELECT current_user, coalesce(current_schema(), 'public')"))
        return tuple(row.one())
