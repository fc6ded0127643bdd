import json
import logging
import sys

import pytest

from mlops_mlflow import logs


def formatted(**fields):
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "hello", **fields})
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://mlflow:pa55@db:5432/mlflow", "postgresql://mlflow:***@db:5432/mlflow"),
        ("https://example.com:443/a@b", "https://example.com:443/a@b"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
    ],
)
def test_passwords_in_urls_and_tokens_are_hidden(text, shown):
    assert formatted(msg=text)["message"] == shown


@pytest.mark.parametrize("secret", ["tok3n", 'with "quotes" and \\'])
def test_a_secret_is_hidden_wherever_it_stands(secret):
    logs.protect(secret)
    try:
        raise ValueError(f"{secret} is wrong")
    except ValueError:
        entry = formatted(msg="%s", args=(secret,), header=f"x {secret}", all=[secret], exc_info=sys.exc_info())
    assert (entry["message"], entry["header"], entry["all"]) == ("***", "x ***", ["***"])
    assert "ValueError: *** is wrong" in entry["exception"]


def test_an_entry_has_the_fields_that_every_log_of_the_platform_has():
    entry = formatted(created=0.5, status=200)
    assert entry == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "INFO",
        "severity": "INFO",
        "logger": "x",
        "message": "hello",
        "status": 200,
    }
