"""Signs the requests of MLflow's client with the identity that the cloud gives a program.

MLflow finds `Provider` by its entry point when MLFLOW_TRACKING_AUTH=mlops-constructs. The images of
examples/housing carry a copy of this package; a test keeps them identical.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timezone
from typing import Any
from urllib.parse import urlsplit, urlunsplit

__version__ = "0.1.0"

NAME = "mlops-constructs"
KIND, AUDIENCE = "ML_TRACKING_AUTH", "ML_TRACKING_AUDIENCE"
SIGNED_SERVICE = "vpc-lattice-svcs"
RENEW_BEFORE_SECONDS = 300
GCLOUD_TOKEN_SECONDS = 3000  # such a token lasts an hour and does not say when it was made

Request = Any  # requests.PreparedRequest
Auth = Callable[[Request], Request]


class TrackingAuthError(Exception):
    """The request cannot be signed; the message says what to change."""


class Provider:
    """MLflow's request_auth_provider; one object serves all requests of a process."""

    def __init__(self) -> None:
        """Start without an identity: it is looked for at the first request."""
        self._auth: Auth | None = None
        self._chosen: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def get_name(self) -> str:
        """Return the value of MLFLOW_TRACKING_AUTH that chooses this provider."""
        return NAME

    def get_auth(self) -> Auth:
        """Return what signs a request; the same object until the variables change."""
        chosen = tuple(os.environ.get(name, "") for name in (KIND, AUDIENCE, "AWS_REGION"))
        with self._lock:
            if self._auth is None or chosen != self._chosen:
                self._auth, self._chosen = auth_of(os.environ), chosen
            return self._auth


def auth_of(environment: Mapping[str, str]) -> Auth:
    """Return what signs requests in the way that the environment names."""
    kind = environment.get(KIND, "")
    if kind == "aws-sigv4":
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        if not region:
            raise TrackingAuthError(f"{KIND}=aws-sigv4 needs AWS_REGION, the region of the server")
        return AwsSigV4(region)
    audience = environment.get(AUDIENCE, "")
    if kind in ("azure-entra", "google-id-token") and not audience:
        raise TrackingAuthError(f"{KIND}={kind} needs {AUDIENCE}, whom the token is for")
    if kind == "azure-entra":
        return BearerToken(_azure_token(f"{audience}/.default", environment))
    if kind == "google-id-token":
        return BearerToken(_google_token(audience))
    raise TrackingAuthError(
        f"{KIND} is {kind!r}: set it to aws-sigv4, azure-entra or google-id-token"
    )


class AwsSigV4:
    """Signs with SigV4 as VPC Lattice asks: for its service, and without the body."""

    def __init__(self, region: str) -> None:
        """Find the credentials; botocore renews those of a role by itself."""
        try:
            from botocore.session import Session
        except ImportError as error:
            raise _missing("aws", "botocore", error) from error
        self._region = region
        self._credentials = Session().get_credentials()

    def __call__(self, request: Request) -> Request:
        """Add the headers of the signature to a prepared request."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        if self._credentials is None:
            raise TrackingAuthError(
                "no AWS credentials found: run this with a role, or sign in with the AWS CLI"
            )
        # A space in the query is %20 in what AWS verifies; requests writes it as +.
        parts = urlsplit(request.url)
        request.url = urlunsplit(parts._replace(query=parts.query.replace("+", "%20")))
        # Only headers that no proxy on the way changes are part of the signature.
        to_sign = AWSRequest(
            method=request.method,
            url=request.url,
            headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"},
        )
        frozen = self._credentials.get_frozen_credentials()
        SigV4Auth(frozen, SIGNED_SERVICE, self._region).add_auth(to_sign)
        request.headers.update(dict(to_sign.headers.items()))
        return request


class BearerToken:
    """Sends a token that is kept until shortly before it ends."""

    def __init__(self, fetch: Callable[[], tuple[str, float]]) -> None:
        """Take a function that returns a token and the time at which it ends."""
        self._fetch = fetch
        self._token, self._ends = "", 0.0
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Request:
        """Add the token to a prepared request."""
        request.headers["Authorization"] = f"Bearer {self._current()}"
        return request

    def _current(self) -> str:
        """Return the token, a new one when the last is about to end."""
        with self._lock:
            now = time.time()
            if self._ends - now < RENEW_BEFORE_SECONDS:
                try:
                    self._token, self._ends = self._fetch()
                except TrackingAuthError:
                    if self._ends <= now:
                        raise
                    # The identity service is away for a moment, and the last token is still good.
            return self._token


def _azure_token(scope: str, environment: Mapping[str, str]) -> Callable[[], tuple[str, float]]:
    """Return a function that gets an Entra token for the scope."""
    try:
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity import CredentialUnavailableError, DefaultAzureCredential
    except ImportError as error:
        raise _missing("azure", "azure-identity", error) from error
    # Jobs of Azure ML have the second variable, all other programs the first.
    client_id = environment.get("AZURE_CLIENT_ID") or environment.get("DEFAULT_IDENTITY_CLIENT_ID")
    credential = DefaultAzureCredential(managed_identity_client_id=client_id)

    def fetch() -> tuple[str, float]:
        try:
            token = credential.get_token(scope)
        except (ClientAuthenticationError, CredentialUnavailableError) as error:
            raise TrackingAuthError(f"no Entra token for {scope}: {error}") from error
        return token.token, float(token.expires_on)

    return fetch


def _google_token(audience: str) -> Callable[[], tuple[str, float]]:
    """Return a function that gets an ID token for the audience."""
    try:
        import google.auth.exceptions
        import google.auth.transport.requests
        from google.oauth2 import id_token
    except ImportError as error:
        raise _missing("google", "google-auth", error) from error
    transport = google.auth.transport.requests.Request()

    def fetch() -> tuple[str, float]:
        try:
            credentials = id_token.fetch_id_token_credentials(audience, request=transport)
            credentials.refresh(transport)
        except google.auth.exceptions.GoogleAuthError as error:
            return _gcloud_token(error)
        # google-auth gives the expiry in UTC without saying so.
        return credentials.token, credentials.expiry.replace(tzinfo=timezone.utc).timestamp()  # noqa: UP017

    return fetch


def _gcloud_token(reason: Exception) -> tuple[str, float]:
    """Return the token of the person who is signed in to gcloud."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise TrackingAuthError(
            f"no Google ID token: run this as a service account, or sign in with gcloud ({reason})"
        ) from reason
    command = [gcloud, "auth", "print-identity-token"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    if done.returncode != 0:
        raise TrackingAuthError(f"gcloud gave no identity token: {done.stderr.strip()}")
    return done.stdout.strip(), time.time() + GCLOUD_TOKEN_SECONDS


def _missing(extra: str, library: str, error: ImportError) -> TrackingAuthError:
    """Return the error for a library that is not installed."""
    return TrackingAuthError(
        f"{library} is not installed: install mlops-mlflow-auth[{extra}] ({error})"
    )
