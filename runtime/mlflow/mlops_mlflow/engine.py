"""Gives each new connection a fresh login, whichever part of MLflow opens it.

The database URL names this plugin, so it works for every engine that is made from the URL: those of the
tracking, registry, workspace and job stores in every worker, and that of the migrations.
"""

import logging
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.engine import CreateEnginePlugin, Dialect, Engine

from mlops_mlflow.credentials import CredentialsError, Login, logins

logger = logging.getLogger(__name__)


class LoginPlugin(CreateEnginePlugin):
    """SQLAlchemy's plugin `mlops_mlflow`."""

    def update_url(self, url: URL) -> URL:
        """Return the URL as it is: SQLAlchemy takes the plugin's name out by itself."""
        return url

    def engine_created(self, engine: Engine) -> None:
        """Take over how the engine connects."""
        event.listen(engine, "do_connect", connect)


def connect(dialect: Dialect, record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:  # noqa: ANN401
    """Connect with the login of the moment; once more when that was changed in the meantime."""
    login = logins().current()
    try:
        return _connect(dialect, arguments, parameters, login)
    except dialect.loaded_dbapi.OperationalError as error:
        try:
            renewed = logins().current(refused=login)
        except CredentialsError:
            raise error from None
        if (renewed.user, renewed.password) == (login.user, login.password):
            raise
        logger.info("the login of the database was changed: connecting with the new one")
        return _connect(dialect, arguments, parameters, renewed)


def _connect(dialect: Dialect, arguments: Any, parameters: dict[str, Any], login: Login) -> Any:  # noqa: ANN401
    """Connect; the parameters are shared by all connections and never hold a password."""
    return dialect.connect(*arguments, **{**parameters, "user": login.user, "password": login.password})
