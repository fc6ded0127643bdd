"""Logging as one JSON object per line on standard output.

app/ and train/ are separate images, so each carries a copy of this file.
A test keeps the two identical.
"""

import json
import logging
import logging.config
import os
from datetime import UTC, datetime
from typing import Any

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_CHATTY_AT_INFO = ("aiobotocore", "azure", "botocore", "gcsfs")
_RECORD_FIELDS = {*vars(logging.makeLogRecord({})), "message", "asctime"}


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
        entry.update({k: v for k, v in vars(record).items() if k not in _RECORD_FIELDS})
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def wanted_level() -> str:
    """Return the level named by LOG_LEVEL, or INFO when it names none."""
    level = os.environ.get("LOG_LEVEL", "").upper()
    return level if level in _LEVELS else "INFO"


def logging_config() -> dict[str, Any]:
    """Return the settings for `logging.config.dictConfig`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"level": wanted_level(), "handlers": ["stdout"]},
        "loggers": {name: {"level": "WARNING"} for name in _CHATTY_AT_INFO},
    }


def configure() -> None:
    """Send all logs and Python warnings to standard output as JSON."""
    logging.config.dictConfig(logging_config())
    logging.captureWarnings(True)
    asked = os.environ.get("LOG_LEVEL", "")
    if asked and asked.upper() != wanted_level():
        logging.getLogger(__name__).warning(
            "LOG_LEVEL=%s is not one of %s: using INFO", asked, ", ".join(_LEVELS)
        )
