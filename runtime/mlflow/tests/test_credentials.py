import json
import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg2
import pytest
import sqlalchemy
from conftest import BASE

from mlops_mlflow import credentials, engine, logs
from mlops_mlflow.credentials import CredentialsError, Login, Logins
from mlops_mlflow.settings import read_settings

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"


def reader(**changes):
    return credentials._reader(read_settings({**BASE, **changes}))


def later(monkeypatch, seconds):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


@pytest.fixture
def secrets(monkeypatch):
    """Put a stand-in in the place of Secrets Manager; what it is asked and what it answers."""
    import boto3

    state = SimpleNamespace(asked=[], text=json.dumps({"username": "app", "password": "first-pw"}))

    def client(service, region_name=None):
        state.asked.append((service, region_name))
        return SimpleNamespace(get_secret_value=get)

    def get(SecretId):
        state.asked.append(SecretId)
        if isinstance(state.text, Exception):
            raise state.text
        return {"SecretString": state.text}

    monkeypatch.setattr(boto3, "client", client)
    return state


def test_a_password_comes_from_its_variable(base):
    login = reader()()
    assert (login.user, login.password) == ("mlflow", "s3cret-pw")


def test_a_secret_is_read_in_its_own_region_and_kept_for_a_minute(secrets, monkeypatch):
    logins = Logins(reader(MLFLOW_DB_AUTH="aws-secret", MLFLOW_DB_SECRET_ARN=ARN))
    assert [logins.current().password for _ in range(3)] == ["first-pw"] * 3
    assert logins.current().user == "app"
    assert secrets.asked == [("secretsmanager", "eu-west-1"), ARN]
    later(monkeypatch, 61)
    secrets.text = json.dumps({"password": "second-pw"})
    assert (logins.current().user, logins.current().password) == ("mlflow", "second-pw")
    assert secrets.asked.count(ARN) == 2


def test_the_last_secret_serves_while_the_service_is_away(secrets, monkeypatch):
    logins = Logins(reader(MLFLOW_DB_AUTH="aws-secret", MLFLOW_DB_SECRET_ARN=ARN))
    logins.current()
    later(monkeypatch, 61)
    secrets.text = RuntimeError("throttled")
    assert logins.current().password == "first-pw"
    with pytest.raises(CredentialsError, match="no login for the database: throttled"):
        logins.current(refused=logins._login)


@pytest.mark.parametrize("text", ["first-pw", '["first-pw"]', '{"pw": "first-pw"}'])
def test_a_secret_of_another_form_is_a_sentence_that_does_not_quote_it(secrets, text):
    secrets.text = text
    logins = Logins(reader(MLFLOW_DB_AUTH="aws-secret", MLFLOW_DB_SECRET_ARN=ARN))
    with pytest.raises(CredentialsError) as refused:
        logins.current()
    assert str(refused.value) == f"no login for the database: {ARN} is not JSON with username and password"


def test_azure_gives_a_token_of_the_managed_identity(monkeypatch):
    asked = []

    class ManagedIdentityCredential:
        def __init__(self, client_id):
            asked.append(client_id)

        def get_token(self, scope):
            asked.append(scope)
            return SimpleNamespace(token="entra-token", expires_on=int(time.time()) + 3600)

    identity = SimpleNamespace(ManagedIdentityCredential=ManagedIdentityCredential)
    monkeypatch.setitem(sys.modules, "azure.identity", identity)
    monkeypatch.setenv("AZURE_CLIENT_ID", "client")
    logins = Logins(reader(MLFLOW_DB_AUTH="azure-identity", MLFLOW_DB_USER="tracking-identity"))
    assert (logins.current().user, logins.current().password) == ("tracking-identity", "entra-token")
    assert asked == ["client", "https://ossrdbms-aad.database.windows.net/.default"]
    later(monkeypatch, 3600 - 299)
    logins.current()
    assert len(asked) == 3, "renewed five minutes before its end"


def test_google_gives_a_token_of_the_service_account(monkeypatch):
    import google.auth

    class Credentials:
        token = "oauth-token"
        expiry = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)

        def refresh(self, request):
            scopes.append("refreshed")

    scopes = []
    monkeypatch.setattr(google.auth, "default", lambda scopes: (_note(scopes), None))

    def _note(wanted):
        scopes.extend(wanted)
        return Credentials()

    logins = Logins(reader(MLFLOW_DB_AUTH="google-identity", MLFLOW_DB_USER="sa@p.iam"))
    assert [logins.current().password for _ in range(2)] == ["oauth-token"] * 2
    assert scopes == ["https://www.googleapis.com/auth/sqlservice.login", "refreshed"]
    assert logins.current().ends == pytest.approx(time.time() + 3600, abs=5)


@pytest.fixture
def database(base, monkeypatch):
    """Put a stand-in in the place of the database; it lets in who has the password."""
    state = SimpleNamespace(seen=[], password="s3cret-pw")

    def connect(*arguments, **parameters):
        state.seen.append(parameters)
        if parameters["password"] != state.password:
            raise psycopg2.OperationalError("password authentication failed")
        raise StopIteration  # far enough: a connection would be used for queries

    monkeypatch.setattr(psycopg2, "connect", connect)
    state.engine = sqlalchemy.create_engine(read_settings().database_url)
    return state


def attempt(database, expected):
    with pytest.raises(expected):
        database.engine.raw_connection()


def test_every_engine_made_from_the_url_logs_in_and_keeps_no_password(database):
    attempt(database, StopIteration)
    [parameters] = database.seen
    assert (parameters["user"], parameters["password"]) == ("mlflow", "s3cret-pw")
    assert "plugin" not in parameters
    assert "s3cret-pw" not in repr(database.engine) + str(database.engine.url.render_as_string(False))
    dialect_arguments = database.engine.dialect.create_connect_args(database.engine.url)
    assert "s3cret-pw" not in str(dialect_arguments)


def test_a_changed_login_is_tried_at_once(database, monkeypatch):
    answers = iter([Login("mlflow", "old-pw"), Login("mlflow", "s3cret-pw")])
    logins = Logins(lambda: next(answers))
    monkeypatch.setattr(engine, "logins", lambda: logins)
    attempt(database, StopIteration)
    assert [seen["password"] for seen in database.seen] == ["old-pw", "s3cret-pw"]


def test_a_login_that_did_not_change_is_tried_once(database):
    database.password = "another-pw"
    attempt(database, psycopg2.OperationalError)
    assert len(database.seen) == 1


def test_when_there_is_no_new_login_the_databases_own_words_are_told(database, monkeypatch):
    logins = Logins(iter([Login("mlflow", "old-pw")]).__next__)
    monkeypatch.setattr(engine, "logins", lambda: logins)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        database.engine.raw_connection()


def test_a_login_is_not_logged(base):
    Logins(reader()).current()
    assert logs.redact("it is s3cret-pw, you see") == "it is ***, you see"
    assert "s3cret-pw" not in repr(reader()())
