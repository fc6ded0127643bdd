import base64
import json
import logging
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from mlops_mlflow import events

DETAIL = {"model": "housing", "version": "3", "alias": "production", "by": "ann"}


def test_no_place_no_event():
    events.publish(None, events.APPROVED, DETAIL)


@pytest.mark.parametrize("kind", ["eventbridge", "eventgrid", "pubsub"])
def test_a_failure_is_logged_and_nothing_more(monkeypatch, caplog, kind):
    def fail(*_):
        raise OSError("no network")

    monkeypatch.setattr(events, f"_{kind}", fail)
    events.publish((kind, "x"), events.APPROVED, DETAIL)
    [record] = caplog.records
    assert (record.levelname, record.message, record.model) == ("ERROR", "the event was not published", "housing")


def test_a_request_does_not_wait_for_long(monkeypatch, caplog):
    release = threading.Event()
    monkeypatch.setattr(events, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(events, "_eventbridge", lambda bus: lambda *_: release.wait(5))
    caplog.set_level(logging.INFO)
    events.publish(("eventbridge", "slow"), events.APPROVED, DETAIL)
    assert caplog.records[0].message == "the event is still being published"
    release.set()
    # What it logs in the end is of this test, and not of the next.
    deadline = time.monotonic() + 5
    while len(caplog.records) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert caplog.records[1].message == "event published"


def test_eventbridge(monkeypatch, caplog):
    import boto3

    sent, made = [], []
    answer = {"FailedEntryCount": 0}

    def client(service, config):
        made.append((service, config.connect_timeout, config.read_timeout))
        return SimpleNamespace(put_events=lambda Entries: sent.extend(Entries) or answer)

    monkeypatch.setattr(boto3, "client", client)
    caplog.set_level(logging.INFO)
    for _ in range(2):
        events.publish(("eventbridge", "bus"), events.APPROVED, DETAIL)
    assert made == [("events", 3, 7)]
    assert sent[0] == {
        "Source": "mlops-constructs",
        "DetailType": "model.approved",
        "Detail": json.dumps(DETAIL),
        "EventBusName": "bus",
    }
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    answer |= {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    events.publish(("eventbridge", "bus"), events.APPROVED, DETAIL)
    assert caplog.records[-1].levelname == "ERROR"


def test_eventgrid(monkeypatch):
    class ManagedIdentityCredential:
        def __init__(self, client_id):
            assert client_id == "client"

        def get_token(self, scope):
            assert scope == "https://eventgrid.azure.net/.default"
            return SimpleNamespace(token="token")

    posted = []
    identity = SimpleNamespace(ManagedIdentityCredential=ManagedIdentityCredential)
    monkeypatch.setitem(sys.modules, "azure.identity", identity)
    monkeypatch.setenv("AZURE_CLIENT_ID", "client")
    answer = SimpleNamespace(raise_for_status=lambda: None)
    monkeypatch.setattr(events.requests, "post", lambda url, **rest: posted.append((url, rest)) or answer)
    endpoint = "https://topic.westeurope-1.eventgrid.azure.net/api/events"
    events.publish(("eventgrid", endpoint), events.REGISTERED, DETAIL)
    [(url, rest)] = posted
    assert url == f"{endpoint}?api-version=2018-01-01"
    assert rest["headers"] == {
        "Authorization": "Bearer token",
        "Content-Type": "application/cloudevents+json; charset=utf-8",
    }
    event = json.loads(rest["data"])
    assert event.pop("id")
    assert event.pop("time")
    assert event == {
        "specversion": "1.0",
        "source": "mlops-constructs",
        "type": "model.registered",
        "subject": "housing",
        "datacontenttype": "application/json",
        "data": DETAIL,
    }


def test_pubsub(monkeypatch):
    import google.auth
    import google.auth.transport.requests as transport

    posted = []
    answer = SimpleNamespace(raise_for_status=lambda: None)
    session = SimpleNamespace(post=lambda url, **rest: posted.append((url, rest)) or answer)
    monkeypatch.setattr(google.auth, "default", lambda scopes: ("credentials", "project"))
    monkeypatch.setattr(transport, "AuthorizedSession", lambda credentials: session)
    events.publish(("pubsub", "projects/p/topics/t"), events.APPROVED, DETAIL)
    [(url, rest)] = posted
    assert url == "https://pubsub.googleapis.com/v1/projects/p/topics/t:publish"
    [message] = rest["json"]["messages"]
    assert json.loads(base64.b64decode(message["data"])) == DETAIL
    assert message["attributes"] == {"source": "mlops-constructs", "type": "model.approved", "model": "housing"}
