"""What the tests share: a clean environment, and nothing kept from one test to the next."""

import os

import pytest

from mlops_mlflow import credentials, events, logs, registry

OWN = ("ML_", "MLFLOW_", "_MLFLOW_", "AWS_", "AZURE_", "PORT", "LOG_LEVEL")
BASE = {
    "MLFLOW_DB_HOST": "db.example.com",
    "MLFLOW_DB_USER": "mlflow",
    "MLFLOW_DB_AUTH": "password",
    "MLFLOW_DB_PASSWORD": "s3cret-pw",
    "MLFLOW_ARTIFACTS_DESTINATION": "s3://bucket/mlflow",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in [name for name in os.environ if name.startswith(OWN)]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(logs, "_secrets", set())
    for cached in (credentials.logins, events._publisher, registry.settings):
        cached.cache_clear()


@pytest.fixture
def base(monkeypatch):
    """Set the variables that every server has."""
    for name, value in BASE.items():
        monkeypatch.setenv(name, value)
    return dict(BASE)
