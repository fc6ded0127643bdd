"""Logins for the database: a password or a token, read anew before the last one ends."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from mlops_mlflow import logs
from mlops_mlflow.settings import Settings, read_settings

SECRET_SECONDS = 60
RENEW_BEFORE_SECONDS = 300
AZURE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
GOOGLE_SCOPE = "https://www.googleapis.com/auth/sqlservice.login"

logger = logging.getLogger(__name__)


class CredentialsError(Exception):
    """There is no login for the database; the message says why."""


@dataclass(frozen=True)
class Login:
    """A user and its password or token, kept until `renew` and good until `ends`."""

    user: str
    password: str = field(repr=False)
    renew: float = float("inf")
    ends: float = float("inf")


class Logins:
    """The login of the moment, shared by all connections of a process."""

    def __init__(self, read: Callable[[], Login]) -> None:
        """Take the function that reads a login from where it is kept."""
        self._read = read
        self._login: Login | None = None
        self._lock = threading.Lock()

    def current(self, refused: Login | None = None) -> Login:
        """Return the login, read anew when it is old or is the one that the database refused."""
        with self._lock:
            kept = self._login
            if kept is not None and kept != refused and time.time() < kept.renew:
                return kept
            try:
                self._login = self._read()
            except Exception as error:  # each cloud's client has errors of its own
                if kept is None or kept == refused or time.time() >= kept.ends:
                    raise CredentialsError(f"no login for the database: {error}") from error
                logger.warning("the last login is used for longer: %s", error)
                return kept
            logs.protect(self._login.password)
            return self._login


@cache
def logins() -> Logins:
    """Return the logins of this process, as the environment describes them."""
    return Logins(_reader(read_settings()))


def _reader(settings: Settings) -> Callable[[], Login]:
    """Return the function that reads a login in the way of MLFLOW_DB_AUTH."""
    readers = {
        "aws-secret": _aws_secret,
        "azure-identity": _azure_identity,
        "google-identity": _google_identity,
        "password": _password,
    }
    return readers[settings.db_auth](settings)


def _password(settings: Settings) -> Callable[[], Login]:
    login = Login(settings.db_user, os.environ["MLFLOW_DB_PASSWORD"])
    return lambda: login


def _aws_secret(settings: Settings) -> Callable[[], Login]:
    import boto3

    client = boto3.client("secretsmanager", **_region_of(settings.db_secret))

    def read() -> Login:
        text = client.get_secret_value(SecretId=settings.db_secret)["SecretString"]
        try:
            secret = json.loads(text)
            user, password = secret.get("username") or settings.db_user, secret["password"]
        except (ValueError, KeyError, AttributeError):  # whose messages would quote the secret
            reason = f"{settings.db_secret} is not JSON with username and password"
            raise CredentialsError(reason) from None
        return Login(user, password, renew=time.time() + SECRET_SECONDS)

    return read


def _region_of(arn: str) -> dict[str, str]:
    """Return the region that an ARN names: a replica of the secret may live in another one."""
    parts = arn.split(":")
    return {"region_name": parts[3]} if len(parts) > 6 and parts[3] else {}


def _azure_identity(settings: Settings) -> Callable[[], Login]:
    from azure.identity import ManagedIdentityCredential

    credential = ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID") or None)

    def read() -> Login:
        token = credential.get_token(AZURE_SCOPE)
        return _token(settings.db_user, token.token, token.expires_on)

    return read


def _google_identity(settings: Settings) -> Callable[[], Login]:
    from datetime import UTC

    import google.auth
    from google.auth.transport.requests import Request

    credentials, _ = google.auth.default(scopes=[GOOGLE_SCOPE])

    def read() -> Login:
        credentials.refresh(Request())
        ends = credentials.expiry.replace(tzinfo=UTC).timestamp()
        return _token(settings.db_user, credentials.token, ends)

    return read


def _token(user: str, token: str, ends: float) -> Login:
    """Return a token as a login that is renewed some minutes before it ends."""
    return Login(user, token, renew=ends - RENEW_BEFORE_SECONDS, ends=ends)
