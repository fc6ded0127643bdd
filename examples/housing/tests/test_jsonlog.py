"""The format of the logs."""

import json
import logging
import sys
from datetime import datetime

import pytest

from jsonlog import JsonFormatter, wanted_level


def formatted(**fields: object) -> dict:
    """Return the JSON entry of a record with the given attributes."""
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "hello", **fields})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_an_entry_has_time_level_message_and_the_extra_fields() -> None:
    entry = formatted(created=0.5, msg="%s rows", args=(3,), status=200)
    assert datetime.fromisoformat(entry.pop("time")).timestamp() == 0.5
    assert entry == {
        "level": "INFO",
        "severity": "INFO",
        "logger": "x",
        "message": "3 rows",
        "status": 200,
    }


def test_an_exception_stays_on_one_line() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        entry = formatted(exc_info=sys.exc_info())
    assert entry["exception"].endswith("ValueError: first\nsecond")


def test_values_json_does_not_know_become_text() -> None:
    assert formatted(where=datetime(2020, 1, 2))["where"] == "2020-01-02 00:00:00"


@pytest.mark.parametrize(
    ("asked", "level"), [("debug", "DEBUG"), ("WARNING", "WARNING"), ("", "INFO"), ("loud", "INFO")]
)
def test_log_level(monkeypatch: pytest.MonkeyPatch, asked: str, level: str) -> None:
    monkeypatch.setenv("LOG_LEVEL", asked)
    assert wanted_level() == level
