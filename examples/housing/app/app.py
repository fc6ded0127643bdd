"""The HTTP service: GET /health and POST /predict."""

import json
import logging
import time

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from model import Model
from validation import InvalidRequestError, rows_of

MAX_BODY_BYTES = 1024 * 1024

logger = logging.getLogger(__name__)


def create_app(model: Model) -> Flask:
    """Return the service that answers with `model`."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    _log_requests(app)
    _answer_errors_in_json(app)

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok", model_version=model.version)

    @app.post("/predict")
    def predict() -> Response:
        rows = rows_of(_json_body(), model.features)
        return jsonify(predictions=model.predict(rows), model_version=model.version)

    return app


def _json_body() -> object:
    """Return the decoded body, whatever its declared content type."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError([f"body: not valid JSON ({error})"]) from error


def _log_requests(app: Flask) -> None:
    """Log one line per request; health checks only at level DEBUG."""

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        level = logging.DEBUG if request.path == "/health" else logging.INFO
        fields = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "latency_ms": round((time.perf_counter() - g.started) * 1000, 2),
        }
        logger.log(level, "request", extra=fields)
        return response


def _answer_errors_in_json(app: Flask) -> None:
    """Give every error the shape {"error": ...}, with "problems" for bad input."""

    @app.errorhandler(InvalidRequestError)
    def invalid_request(error: InvalidRequestError) -> tuple[Response, int]:
        return jsonify(error="invalid request", problems=error.problems), 400

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> WerkzeugResponse:
        response = error.get_response()  # keeps headers such as Allow
        response.data = json.dumps({"error": error.description})
        response.content_type = "application/json"
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response, int]:
        logger.error("request failed", exc_info=error, extra={"path": request.path})
        return jsonify(error="internal error"), 500
