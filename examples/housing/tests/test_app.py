"""The HTTP service, through Flask's test client."""

import json
import logging

import numpy as np
import pytest
from flask.testing import FlaskClient

from app import MAX_BODY_BYTES, create_app
from jsonlog import JsonFormatter
from model import Model
from validation import MAX_INSTANCES


class SumOfColumns:
    """A stand-in for a trained pipeline."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the first column plus ten times the second; a negative first one fails."""
        if (X[:, 0] < 0).any():
            raise RuntimeError("no negative rooms")
        return X[:, 0] + 10 * X[:, 1]


@pytest.fixture
def client() -> FlaskClient:
    """Return a client of a service with two features."""
    return create_app(Model(SumOfColumns(), ("rooms", "area"), "v1")).test_client()


def problems_with(client: FlaskClient, body: object) -> list[str]:
    """Post a body that must be refused and return the problems listed."""
    response = client.post("/predict", data=body if isinstance(body, str) else json.dumps(body))
    assert response.status_code == 400
    assert response.json["error"] == "invalid request"
    return response.json["problems"]


def test_health(client: FlaskClient) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {"status": "ok", "model_version": "v1"}


def test_predictions_follow_the_order_of_features_not_of_fields(client: FlaskClient) -> None:
    instances = [{"rooms": 1, "area": 2.5}, {"area": 0, "rooms": 4}]
    response = client.post("/predict", json={"instances": instances})
    assert response.status_code == 200
    assert response.json == {"predictions": [26.0, 4.0], "model_version": "v1"}


def test_content_type_does_not_matter(client: FlaskClient) -> None:
    body = '{"instances": [{"rooms": 1, "area": 1}]}'
    assert client.post("/predict", data=body).json["predictions"] == [11.0]


def test_all_problems_are_listed_at_once(client: FlaskClient) -> None:
    instances = [{"rooms": "three", "colour": 1}, {"rooms": 1, "area": 1}, 7, {"area": None}]
    assert problems_with(client, {"instances": instances, "extra": 1}) == [
        "extra: unknown field",
        "instances[0].area: missing",
        "instances[0].colour: unknown field",
        "instances[0].rooms: must be a number",
        "instances[2]: must be an object",
        "instances[3].rooms: missing",
        "instances[3].area: must be a number",
    ]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e39", "1" + "0" * 400])
def test_numbers_a_tree_cannot_compare_are_refused(client: FlaskClient, value: str) -> None:
    body = '{"instances": [{"rooms": VALUE, "area": 1}]}'.replace("VALUE", value)
    [problem] = problems_with(client, body)
    assert problem == "instances[0].rooms: must be a finite number within the 32-bit range"


@pytest.mark.parametrize("value", [True, "1", [], {}, None])
def test_only_json_numbers_are_numbers(client: FlaskClient, value: object) -> None:
    body = {"instances": [{"rooms": value, "area": 1}]}
    assert problems_with(client, body) == ["instances[0].rooms: must be a number"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "instances: missing"),
        ([], "body: must be a JSON object"),
        ({"instances": []}, "instances: must be a list of at least one object"),
        ({"instances": {"rooms": 1}}, "instances: must be a list of at least one object"),
        ("", "body: not valid JSON"),
        ("{", "body: not valid JSON"),
        ("\ud800", "body: not valid JSON"),
        ("[" * 100_000, "body: not valid JSON"),
        ({"instances": [{}] * (MAX_INSTANCES + 1)}, f"instances: {MAX_INSTANCES + 1} given"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_malformed_bodies_are_refused(client: FlaskClient, body: object, problem: str) -> None:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else json.dumps(body)
    response = client.post("/predict", data=raw)
    assert response.status_code == 400
    assert response.json["problems"][0].startswith(problem)


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post("/predict", data=" " * (MAX_BODY_BYTES + 1))
    assert response.status_code == 413
    assert "error" in response.json


def test_unknown_paths_and_methods_answer_in_json(client: FlaskClient) -> None:
    assert client.get("/nowhere").status_code == 404
    assert "error" in client.get("/nowhere").json
    response = client.get("/predict")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "error" in response.json


def test_a_failing_model_answers_500_without_details(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.post("/predict", json={"instances": [{"rooms": -1, "area": 1}]})
    assert response.status_code == 500
    assert response.json == {"error": "internal error"}
    assert "no negative rooms" in caplog.text


def test_each_request_is_logged_with_its_outcome(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.get("/health")
    client.post("/predict", json={})
    [record] = [record for record in caplog.records if record.message == "request"]
    entry = json.loads(JsonFormatter().format(record))
    assert entry["level"] == "INFO"
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/predict", 400)
    assert entry["latency_ms"] >= 0
    assert entry["time"].endswith("+00:00")
