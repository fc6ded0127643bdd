"""Tells the platform of registered and approved models. A failure is logged and changes nothing else."""

import base64
import json
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from functools import cache
from typing import Any

import requests

APPROVED, REGISTERED = "model.approved", "model.registered"
SOURCE = "mlops-constructs"
TIMEOUT = (3, 7)  # seconds to connect and to answer
# The request that caused an event waits for it this long: a container may get no processor time between two requests.
WAIT_SECONDS = 10
EVENT_GRID_SCOPE = "https://eventgrid.azure.net/.default"
PUBSUB_SCOPE = "https://www.googleapis.com/auth/pubsub"

Publish = Callable[[str, dict[str, Any]], None]

logger = logging.getLogger(__name__)


def publish(target: tuple[str, str] | None, kind: str, detail: dict[str, Any]) -> None:
    """Send an event to the place of ML_EVENTS; nothing when there is none."""
    if target is None:
        return
    sending = _pool().submit(_send, target, kind, detail)
    if not wait([sending], WAIT_SECONDS).done:
        logger.warning("the event is still being published", extra={"event": kind, **detail})


def _send(target: tuple[str, str], kind: str, detail: dict[str, Any]) -> None:
    extra = {"event": kind, **detail}
    try:
        _publisher(*target)(kind, detail)
    except Exception:  # each cloud's client has errors of its own
        logger.exception("the event was not published", extra=extra)
    else:
        logger.info("event published", extra=extra)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="events")


@cache
def _publisher(kind: str, place: str) -> Publish:
    """Return what publishes, with a client that is made once."""
    makers = {"eventbridge": _eventbridge, "eventgrid": _eventgrid, "pubsub": _pubsub}
    return makers[kind](place)


def _eventbridge(bus: str) -> Publish:
    import boto3
    from botocore.config import Config

    limits = Config(connect_timeout=TIMEOUT[0], read_timeout=TIMEOUT[1], retries={"total_max_attempts": 2})
    client = boto3.client("events", config=limits)

    def send(kind: str, detail: dict[str, Any]) -> None:
        entry = {"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(detail)}
        answer = client.put_events(Entries=[{**entry, "EventBusName": bus}])
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"EventBridge refused the event: {answer['Entries'][0]}")

    return send


def _eventgrid(endpoint: str) -> Publish:
    import os

    from azure.identity import ManagedIdentityCredential

    credential = ManagedIdentityCredential(client_id=os.environ.get("AZURE_CLIENT_ID") or None)

    def send(kind: str, detail: dict[str, Any]) -> None:
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": SOURCE,
            "type": kind,
            "subject": detail["model"],
            "time": datetime.now(UTC).isoformat(),
            "datacontenttype": "application/json",
            "data": detail,
        }
        headers = {
            "Authorization": f"Bearer {credential.get_token(EVENT_GRID_SCOPE).token}",
            "Content-Type": "application/cloudevents+json; charset=utf-8",
        }
        url = f"{endpoint}?api-version=2018-01-01"
        requests.post(url, data=json.dumps(event), headers=headers, timeout=TIMEOUT).raise_for_status()

    return send


def _pubsub(topic: str) -> Publish:
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    credentials, _ = google.auth.default(scopes=[PUBSUB_SCOPE])
    session = AuthorizedSession(credentials)

    def send(kind: str, detail: dict[str, Any]) -> None:
        data = base64.b64encode(json.dumps(detail).encode()).decode()
        # Attributes are what a subscription can filter by.
        attributes = {"source": SOURCE, "type": kind, "model": detail["model"]}
        body = {"messages": [{"data": data, "attributes": attributes}]}
        url = f"https://pubsub.googleapis.com/v1/{topic}:publish"
        session.post(url, json=body, timeout=TIMEOUT).raise_for_status()

    return send
