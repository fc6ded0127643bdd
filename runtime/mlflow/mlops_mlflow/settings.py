"""What the platform tells the server through environment variables."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import certifi
from sqlalchemy import URL

PLUGIN = "mlops_mlflow"
AUTHS = ("aws-secret", "azure-identity", "google-identity", "password")
TLS_MODES = ("verify-full", "require", "disable")
IDENTITY_HEADERS = ("aws-lattice", "azure-easy-auth", "google-id-token")
EVENT_KINDS = ("eventbridge", "eventgrid", "pubsub")


class SettingsError(Exception):
    """The server cannot start with these variables; `problems` lists every reason."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the list of problems."""
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What one server was asked to be. Holds no secret."""

    db_host: str
    db_user: str
    db_auth: str
    artifacts: str
    db_port: int = 5432
    db_name: str = "mlflow"
    db_tls: str = "verify-full"
    db_ca: str = ""
    db_secret: str = ""
    port: int = 5000
    workers: int = 1
    allowed_hosts: tuple[str, ...] = ()
    events: tuple[str, str] | None = None
    identity: str | None = None
    approvers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Return the URL of the database; the login is added by the plugin that it names."""
        query = {
            "sslmode": self.db_tls,
            **({"sslrootcert": self.db_ca} if self.db_tls == "verify-full" else {}),
            "application_name": "mlflow",
            "connect_timeout": "10",
            "keepalives_idle": "60",
            "plugin": PLUGIN,
        }
        url = URL.create(
            "postgresql+psycopg2",
            username=self.db_user or None,
            host=self.db_host,
            port=self.db_port,
            database=self.db_name,
            query=query,
        )
        return url.render_as_string(hide_password=False)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; a variable that is empty counts as unset.

    Raises:
        SettingsError: with all that is wrong.
    """
    problems: list[str] = []

    def need(name: str, why: str) -> str:
        value = environment.get(name, "")
        if not value:
            problems.append(f"{name} is not set: {why}")
        return value

    def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
        value = environment.get(name) or default
        if value not in choices:
            problems.append(f"{name} is {value!r}: write one of {', '.join(choices)}")
        return value

    def number(name: str, default: int, largest: int) -> int:
        text = environment.get(name) or str(default)
        if not text.isdecimal() or not 1 <= int(text) <= largest:
            problems.append(f"{name} is {text!r}: write a whole number from 1 to {largest}")
            return default
        return int(text)

    auth = one_of("MLFLOW_DB_AUTH", AUTHS, "password")
    secret = ""
    if auth == "aws-secret":
        secret = need("MLFLOW_DB_SECRET_ARN", "it names the secret that holds the login")
    else:
        need("MLFLOW_DB_USER", "the database needs a user")
    if auth == "password":
        need("MLFLOW_DB_PASSWORD", "MLFLOW_DB_AUTH=password takes it from there")
    hosts = (environment.get("MLFLOW_SERVER_ALLOWED_HOSTS") or "").split(",")
    settings = Settings(
        db_host=need("MLFLOW_DB_HOST", "it names the server of the database"),
        db_port=number("MLFLOW_DB_PORT", 5432, 65535),
        db_name=environment.get("MLFLOW_DB_NAME") or "mlflow",
        db_user=environment.get("MLFLOW_DB_USER", ""),
        db_auth=auth,
        db_tls=one_of("MLFLOW_DB_TLS", TLS_MODES, "verify-full"),
        db_ca=environment.get("MLFLOW_DB_CA") or certifi.where(),
        db_secret=secret,
        artifacts=need("MLFLOW_ARTIFACTS_DESTINATION", "it names the place for artifacts"),
        port=number("PORT", 5000, 65535),
        workers=number("MLFLOW_WORKERS", 1, 64),
        allowed_hosts=tuple(host.strip() for host in hosts if host.strip()),
        events=_events(environment.get("ML_EVENTS", ""), problems),
        identity=one_of("ML_IDENTITY_HEADER", ("", *IDENTITY_HEADERS), "") or None,
        approvers=_approvers(environment.get("ML_APPROVERS", ""), problems),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def _events(text: str, problems: list[str]) -> tuple[str, str] | None:
    """Return kind and place of the events, such as ("eventbridge", "bus")."""
    if not text:
        return None
    kind, _, place = text.partition(":")
    if kind not in EVENT_KINDS or not place:
        forms = "eventbridge:BUS, eventgrid:ENDPOINT or pubsub:projects/PROJECT/topics/TOPIC"
        problems.append(f"ML_EVENTS is {text!r}: write {forms}")
    return kind, place


def _approvers(text: str, problems: list[str]) -> dict[str, tuple[str, ...]]:
    """Return who may approve which model."""
    try:
        listed = json.loads(text or "{}")
        valid = isinstance(listed, dict) and all(
            isinstance(people, list) and all(isinstance(one, str) for one in people) for people in listed.values()
        )
    except ValueError:
        valid = False
    if not valid:
        problems.append('ML_APPROVERS: write JSON such as {"housing": ["<identity>"]}')
        return {}
    return {model: tuple(people) for model, people in listed.items()}
