"""Approvals and events, with MLflow's own handlers on a database in memory."""

import json

import pytest
from flask import Flask
from mlflow.exceptions import MlflowException
from mlflow.server import handlers
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

from mlops_mlflow import app, events, identity, registry

ROLE = "arn:aws:iam::111122223333:role/Release"
ANN = {"x-amzn-lattice-identity": "Principal=arn:aws:sts::111122223333:assumed-role/Release/ann"}
BOB = {"x-amzn-lattice-identity": "Principal=arn:aws:sts::111122223333:assumed-role/Train/bob"}


class Store(registry._Guarded, SqlAlchemyStore):
    """The guarded store, for the database of this test."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Return a database with MLflow's tables, made once."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    SqlAlchemyStore(f"sqlite:///{path}")._dispose_engine()
    return path


@pytest.fixture
def told(base, empty, tmp_path, monkeypatch):
    """Make a store with the models `housing`, which needs approval, and `other`; return the events it tells."""
    monkeypatch.setenv("ML_IDENTITY_HEADER", "aws-lattice")
    monkeypatch.setenv("ML_APPROVERS", json.dumps({"housing": [ROLE], "closed": []}))
    monkeypatch.setenv("ML_EVENTS", "eventbridge:bus")
    told = []
    monkeypatch.setattr(events, "publish", lambda target, kind, detail: told.append((target, kind, detail)))
    path = tmp_path / "mlflow.db"
    path.write_bytes(empty.read_bytes())
    store = Store(f"sqlite:///{path}")
    monkeypatch.setattr(handlers, "_model_registry_store", store)
    for name in ("housing", "other"):
        store.create_registered_model(name)
        store.create_model_version(name, source=f"mlflow-artifacts:/1/{name}/artifacts")
    told.clear()
    yield told
    store._dispose_engine()


@pytest.fixture
def call(told):
    """Return a function that sends a request to MLflow's handlers: status and answer."""
    flask = Flask("mlflow")
    for path, handler, methods in handlers.get_endpoints():
        if "/registered-models/" in path or "/model-versions/" in path:
            flask.add_url_rule(path, handler.__name__, handler, methods=methods)
    client = flask.test_client()

    def send(method, path, headers=None, **body):
        answer = client.open(f"/api/2.0/mlflow/{path}", method=method, json=body, headers=headers)
        return answer.status_code, answer.json

    return send


ALIAS = {"name": "housing", "alias": "production", "version": "1"}


def test_an_approver_sets_the_alias_and_the_platform_is_told(call, told):
    assert call("POST", "registered-models/alias", ANN, **ALIAS) == (200, {})
    detail = {
        "model": "housing",
        "version": "1",
        "alias": "production",
        "by": "arn:aws:sts::111122223333:assumed-role/Release/ann",
    }
    assert told == [(("eventbridge", "bus"), "model.approved", detail)]


def test_another_caller_is_refused_with_a_sentence(call, told):
    status, answer = call("POST", "registered-models/alias", BOB, **ALIAS)
    assert (status, answer["error_code"]) == (403, "PERMISSION_DENIED")
    assert answer["message"] == (
        f"The model 'housing' needs approval: only {ROLE} may set its alias 'production'. "
        "You are arn:aws:sts::111122223333:assumed-role/Train/bob."
    )
    assert told == []
    assert call("GET", "registered-models/alias?name=housing&alias=production")[0] == 400


def test_who_is_not_known_is_refused(call):
    status, answer = call("POST", "registered-models/alias", **ALIAS)
    assert status == 403
    assert answer["message"].endswith("The server was not told who you are.")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "registered-models/alias", {"name": "housing", "alias": "production"}),
        ("POST", "registered-models/rename", {"name": "housing", "new_name": "mine"}),
        ("POST", "registered-models/rename", {"name": "other", "new_name": "housing"}),
        ("DELETE", "registered-models/delete", {"name": "housing"}),
        ("DELETE", "model-versions/delete", {"name": "housing", "version": "1"}),
        ("POST", "model-versions/transition-stage", {"name": "housing", "version": "1", "stage": "Production"}),
        ("POST", "model-versions/transition-stage", {"name": "housing", "version": "1", "stage": "pRoDuction"}),
    ],
)
def test_what_else_needs_an_approver(call, method, path, body):
    assert call(method, path, BOB, **body)[0] == 403


def test_a_version_in_production_is_not_taken_out_by_others(call):
    move = {"name": "housing", "version": "1"}
    assert call("POST", "model-versions/transition-stage", ANN, stage="Production", **move)[0] == 200
    assert call("POST", "model-versions/transition-stage", BOB, stage="Archived", **move)[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "registered-models/alias", {"name": "housing", "alias": "candidate", "version": "1"}),
        ("POST", "model-versions/transition-stage", {"name": "housing", "version": "1", "stage": "Staging"}),
        ("POST", "model-versions/create", {"name": "housing", "source": "s3://bucket/x"}),
        ("POST", "registered-models/alias", {"name": "other", "alias": "production", "version": "1"}),
        ("DELETE", "registered-models/delete", {"name": "other"}),
    ],
)
def test_what_anyone_may_do(call, method, path, body):
    assert call(method, path, BOB, **body)[0] == 200


def test_a_list_of_nobody_lets_nobody(call):
    assert call("POST", "registered-models/create", BOB, name="closed")[0] == 200
    status, answer = call("DELETE", "registered-models/delete", ANN, name="closed")
    assert status == 403
    assert answer["message"].startswith("The model 'closed' needs approval: only nobody may delete it.")


def test_a_new_version_is_told(call, told):
    assert call("POST", "model-versions/create", BOB, name="other", source="s3://bucket/x")[0] == 200
    who = "arn:aws:sts::111122223333:assumed-role/Train/bob"
    assert told == [(("eventbridge", "bus"), "model.registered", {"model": "other", "version": "2", "by": who})]


def test_a_prompt_is_no_model(call, told):
    tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    assert call("POST", "registered-models/create", BOB, name="greet", tags=tags)[0] == 200
    text = [*tags, {"key": "mlflow.prompt.text", "value": "hello"}]
    assert call("POST", "model-versions/create", BOB, name="greet", source="dummy-source", tags=text)[0] == 200
    alias = {"name": "greet", "alias": "production", "version": "1"}
    assert call("POST", "registered-models/alias", BOB, **alias)[0] == 200
    assert told == []


def test_outside_of_a_request_nobody_is_known(told):
    with pytest.raises(MlflowException, match="was not told who you are"):
        handlers._get_model_registry_store().delete_registered_model("housing")


def test_without_a_header_to_believe_nobody_is_known(call, monkeypatch):
    monkeypatch.delenv("ML_IDENTITY_HEADER")
    registry.settings.cache_clear()
    assert call("POST", "registered-models/alias", ANN, **ALIAS)[0] == 403


def test_mlflow_takes_the_guarded_store_for_postgresql(base, monkeypatch):
    monkeypatch.setattr(registry, "GuardedStore", lambda uri: f"guarded {uri}")
    found = handlers.ModelRegistryStoreRegistryWrapper().get_store_builder("postgresql+psycopg2://x")
    assert found("uri") == "guarded uri"


@pytest.fixture
def approved(call):
    call("POST", "registered-models/alias", ANN, **ALIAS)
    return app.ApprovedFiles(("housing", "closed"))


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("1/housing/artifacts/MLmodel", "housing"),
        ("1/housing/artifacts", "housing"),
        ("1/housing", "housing"),
        ("1", "housing"),
        ("", "housing"),
        ("1//housing/./artifacts/x", "housing"),
        ("1/other/../housing/artifacts/x", "housing"),
        ("1/hous%69ng/artifacts/x", "housing"),
        ("1/hous%2569ng/artifacts/x", "housing"),
        ("1/housing2/artifacts/x", None),
        ("1/other/artifacts/x", None),
        ("2", None),
    ],
)
def test_files_of_an_approved_model_are_known(approved, path, model):
    assert approved.model_of(path) == model


def test_a_new_approval_counts_at_once(call):
    files = app.ApprovedFiles(("housing",))
    assert files.model_of("1/housing/artifacts/x") is None
    call("POST", "registered-models/alias", ANN, **ALIAS)
    assert files.model_of("1/housing/artifacts/x") == "housing"


def test_the_identity_comes_from_the_request(call, monkeypatch):
    seen = []
    monkeypatch.setattr(identity, "caller", lambda kind, header: seen.append(header("X-Test")))
    call("POST", "registered-models/alias", {"X-Test": "yes"}, **ALIAS)
    assert seen == ["yes"]
