"""Logs as one JSON object per line on standard output, without secrets."""

import json
import logging
import logging.config
import os
import re
from datetime import UTC, datetime
from typing import Any

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_CHATTY_AT_INFO = ("alembic.runtime.plugins", "azure", "botocore", "google", "urllib3", "uvicorn.access")
_RECORD_FIELDS = {*vars(logging.makeLogRecord({})), "message", "asctime", "color_message"}
_IN_URL = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")
_BEARER = re.compile(r"(?i)(bearer\s+)[\w.~+/=-]+")
HIDDEN = "***"

_secrets: set[str] = set()


def protect(secret: str) -> None:
    """Hide this text in all that is logged from now on."""
    if len(secret) > 3:  # anything shorter is part of ordinary words
        _secrets.update((secret, json.dumps(secret)[1:-1]))


def redact(text: str) -> str:
    """Return the text without the secrets known so far, passwords in URLs and tokens."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    return _BEARER.sub(rf"\1{HIDDEN}", _IN_URL.sub(rf"\1{HIDDEN}", text))


class JsonFormatter(logging.Formatter):
    """Formats a record, and whatever was passed in `extra`, as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a single line of JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "severity": record.levelname,  # the name Google Cloud Logging looks for
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {k: v for k, v in vars(record).items() if k not in _RECORD_FIELDS}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(entry, default=str))


def wanted_level() -> str:
    """Return the level named by LOG_LEVEL, or INFO when it names none."""
    level = os.environ.get("LOG_LEVEL", "").upper()
    return level if level in _LEVELS else "INFO"


def logging_config() -> dict[str, Any]:
    """Return the settings for `logging.config.dictConfig`, and for uvicorn."""
    stdout = {
        "class": "logging.StreamHandler",
        "formatter": "json",
        "stream": "ext://sys.stdout",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stdout": stdout},
        "root": {"level": wanted_level(), "handlers": ["stdout"]},
        "loggers": {
            **{name: {"level": "WARNING"} for name in _CHATTY_AT_INFO},
            # MLflow and alembic bring handlers of their own; everything leaves through the root.
            "mlflow": {"level": wanted_level(), "handlers": [], "propagate": True},
            "alembic": {"level": wanted_level(), "handlers": [], "propagate": True},
        },
    }


def configure() -> None:
    """Send all logs and Python warnings to standard output as JSON."""
    os.environ.setdefault("MLFLOW_CONFIGURE_LOGGING", "false")
    logging.config.dictConfig(logging_config())
    logging.captureWarnings(True)
