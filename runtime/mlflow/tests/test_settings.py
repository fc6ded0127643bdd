import pytest
from conftest import BASE
from sqlalchemy import make_url

from mlops_mlflow.server import environment
from mlops_mlflow.settings import SettingsError, read_settings


def problems_with(**changes):
    with pytest.raises(SettingsError) as refused:
        read_settings({**BASE, **changes})
    return refused.value.problems


def test_defaults():
    settings = read_settings(BASE)
    assert (settings.db_port, settings.db_name, settings.db_tls) == (5432, "mlflow", "verify-full")
    assert (settings.port, settings.workers) == (5000, 1)
    assert (settings.events, settings.identity, settings.approvers) == (None, None, {})


def test_everything_is_read():
    settings = read_settings(
        {
            **BASE,
            "MLFLOW_DB_PORT": "6432",
            "MLFLOW_DB_NAME": "tracking",
            "MLFLOW_DB_TLS": "require",
            "MLFLOW_SERVER_ALLOWED_HOSTS": "a.example.com, b.example.com",
            "PORT": "8080",
            "MLFLOW_WORKERS": "2",
            "ML_EVENTS": "pubsub:projects/p/topics/t",
            "ML_IDENTITY_HEADER": "google-id-token",
            "ML_APPROVERS": '{"housing": ["ann@example.com"], "other": []}',
        }
    )
    assert settings.allowed_hosts == ("a.example.com", "b.example.com")
    assert settings.events == ("pubsub", "projects/p/topics/t")
    assert settings.approvers == {"housing": ("ann@example.com",), "other": ()}
    assert (settings.db_port, settings.db_name, settings.port, settings.workers) == (6432, "tracking", 8080, 2)


def test_all_problems_are_told_at_once():
    with pytest.raises(SettingsError) as refused:
        read_settings({"MLFLOW_DB_AUTH": "aws-secret", "MLFLOW_DB_TLS": "prefer", "PORT": "0"})
    assert refused.value.problems == [
        "MLFLOW_DB_SECRET_ARN is not set: it names the secret that holds the login",
        "MLFLOW_DB_HOST is not set: it names the server of the database",
        "MLFLOW_DB_TLS is 'prefer': write one of verify-full, require, disable",
        "MLFLOW_ARTIFACTS_DESTINATION is not set: it names the place for artifacts",
        "PORT is '0': write a whole number from 1 to 65535",
    ]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            "MLFLOW_DB_AUTH",
            "iam",
            "MLFLOW_DB_AUTH is 'iam': write one of aws-secret, azure-identity, google-identity, password",
        ),
        ("MLFLOW_DB_USER", "", "MLFLOW_DB_USER is not set: the database needs a user"),
        ("MLFLOW_DB_PASSWORD", "", "MLFLOW_DB_PASSWORD is not set: MLFLOW_DB_AUTH=password takes it from there"),
        (
            "ML_IDENTITY_HEADER",
            "x",
            "ML_IDENTITY_HEADER is 'x': write one of , aws-lattice, azure-easy-auth, google-id-token",
        ),
        *(
            (
                "ML_EVENTS",
                value,
                f"ML_EVENTS is {value!r}: write eventbridge:BUS, eventgrid:ENDPOINT or "
                "pubsub:projects/PROJECT/topics/TOPIC",
            )
            for value in ("sns:x", "eventbridge", "eventgrid:")
        ),
        *(
            ("ML_APPROVERS", value, 'ML_APPROVERS: write JSON such as {"housing": ["<identity>"]}')
            for value in ("ann", "[]", '{"housing": "ann"}', '{"housing": [1]}')
        ),
    ],
)
def test_a_wrong_variable_is_a_sentence(name, value, problem):
    assert problems_with(**{name: value}) == [problem]


def test_the_url_has_no_password_and_names_the_plugin():
    settings = read_settings({**BASE, "MLFLOW_DB_USER": "sa@project.iam", "MLFLOW_DB_CA": "/ca.pem"})
    url = make_url(settings.database_url)
    assert (url.drivername, url.username, url.password) == ("postgresql+psycopg2", "sa@project.iam", None)
    assert (url.host, url.port, url.database) == ("db.example.com", 5432, "mlflow")
    assert (url.query["sslmode"], url.query["sslrootcert"]) == ("verify-full", "/ca.pem")
    assert url.query["plugin"] == "mlops_mlflow"


def test_an_authority_is_named_only_where_it_is_checked():
    assert "sslrootcert" not in read_settings({**BASE, "MLFLOW_DB_TLS": "require"}).database_url


def test_the_names_are_those_that_mlflow_reads(base):
    from mlflow import environment_variables as known
    from mlflow.server import constants

    own = environment(read_settings(base | {"MLFLOW_SERVER_ALLOWED_HOSTS": "a"}), {})
    names = {value for value in vars(constants).values() if isinstance(value, str)}
    names |= {value.name for value in vars(known).values() if hasattr(value, "name")}
    assert own.keys() <= names


def test_mlflow_answers_for_the_hosts_with_and_without_port_and_to_its_own_page(base):
    hosts = "mlflow.example.com,10.0.0.1:5000,*.internal"
    own = environment(read_settings(base | {"MLFLOW_SERVER_ALLOWED_HOSTS": hosts}), {})
    assert own["MLFLOW_SERVER_ALLOWED_HOSTS"] == "mlflow.example.com,mlflow.example.com:*,10.0.0.1:5000,*.internal"
    assert own["MLFLOW_SERVER_CORS_ALLOWED_ORIGINS"] == "https://mlflow.example.com,https://10.0.0.1:5000"


def test_the_operator_may_change_what_is_only_a_default(base):
    changed = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "true", "_MLFLOW_SERVER_FILE_STORE": "sqlite://"}
    own = environment(read_settings(base), changed)
    assert own["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "true"
    assert own["_MLFLOW_SERVER_FILE_STORE"].startswith("postgresql+psycopg2://mlflow@db.example.com:5432/mlflow?")
