#!/usr/bin/env python
"""Trains a regression model, resuming from a checkpoint when there is one.

Exit codes: 0 done, 1 failed, 2 wrong settings or data (a retry will not help),
143 stopped by SIGTERM after writing a checkpoint (a retry continues the work).
"""

import io
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import joblib
import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

import jsonlog
import storage
from checkpoint import CheckpointStore, fingerprint
from data import DataError, Dataset, load_data
from settings import Settings, read_settings
from tracking import Tracker, tracked

EXIT_FAILED, EXIT_BAD_INPUT, EXIT_TERMINATED = 1, 2, 143
HELD_OUT_SHARE = 0.2
TRACKED_SETTINGS = ("trees", "learning_rate", "max_depth", "seed", "target")

logger = logging.getLogger(__name__)


class TerminatedError(Exception):
    """Training was told to stop before the model was complete."""


def build_model(settings: Settings) -> Pipeline:
    """Return the untrained model: missing values filled in, then boosted trees."""
    trees = GradientBoostingRegressor(
        learning_rate=settings.learning_rate,
        max_depth=settings.max_depth,
        subsample=0.8,
        random_state=settings.seed,
        warm_start=True,  # a later fit adds trees to the earlier ones
    )
    return Pipeline([("fill", SimpleImputer(strategy="median")), ("trees", trees)])


def trees_in(model: Pipeline) -> int:
    """Return how many trees the model has so far."""
    return len(getattr(model.named_steps["trees"], "estimators_", ()))


def train(
    model: Pipeline,
    X: np.ndarray,
    y: np.ndarray,
    settings: Settings,
    checkpoints: CheckpointStore,
    should_stop: Callable[[], bool],
) -> None:
    """Grow the model to its full number of trees, with a checkpoint after every stage.

    Raises:
        TerminatedError: `should_stop` became true first, and the checkpoint is written.
    """
    while (done := trees_in(model)) < settings.trees:
        goal = min(done + settings.checkpoint_every, settings.trees)
        model.set_params(trees__n_estimators=goal)
        # The monitor is asked after every tree and ends the stage when it says so.
        model.fit(X, y, trees__monitor=lambda *_: should_stop())
        checkpoints.save(model, trees_in(model))
        if should_stop() and trees_in(model) < settings.trees:
            raise TerminatedError(f"stopped by SIGTERM after {trees_in(model)} trees")


def evaluate(model: Pipeline, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Return the errors on rows the model has not seen, beside those of a constant guess."""
    predicted = model.predict(X)
    return {
        "rmse": float(root_mean_squared_error(y, predicted)),
        "mae": float(mean_absolute_error(y, predicted)),
        "r2": float(r2_score(y, predicted)),
        "rmse_of_mean": float(np.std(y)),
    }


def save(bundle: dict[str, Any], metrics: dict[str, Any], folder_uri: str) -> None:
    """Write model.joblib and then metrics.json, so that metrics mean a complete model."""
    contents = io.BytesIO()
    joblib.dump(bundle, contents, compress=3)
    storage.write_bytes(storage.join(folder_uri, "model.joblib"), contents.getvalue())
    text = json.dumps(metrics, indent=2, sort_keys=True) + "\n"
    storage.write_bytes(storage.join(folder_uri, "metrics.json"), text.encode())


def run(settings: Settings, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Do one training run from data to saved model and return its metrics."""
    data = load_data(settings.data_uri, settings.target)
    with tracked(settings.tracking_uri if settings.is_writer else None, settings.model_name) as to:
        return _run(settings, data, to, should_stop)


def _run(
    settings: Settings, data: Dataset, tracker: Tracker, should_stop: Callable[[], bool]
) -> dict[str, Any]:
    """Train, evaluate and save, and tell the tracker."""
    started = time.monotonic()
    run_id = fingerprint(data, settings)
    X_train, X_test, y_train, y_test = train_test_split(
        data.X, data.y, test_size=HELD_OUT_SHARE, random_state=settings.seed
    )
    tracker.params({name: getattr(settings, name) for name in TRACKED_SETTINGS})

    checkpoints = CheckpointStore(settings.checkpoint_uri, run_id, settings.is_writer)
    model = checkpoints.load(settings.trees) or build_model(settings)
    resumed_from = trees_in(model)
    train(model, X_train, y_train, settings, checkpoints, should_stop)

    metrics: dict[str, Any] = {
        **evaluate(model, X_test, y_test),
        "data": data.name,
        "rows_trained": len(y_train),
        "rows_held_out": len(y_test),
        "trees": trees_in(model),
        "resumed_from_tree": resumed_from,
        "seconds": round(time.monotonic() - started, 2),
        "version": f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{run_id[:8]}",
    }
    if settings.is_writer:
        save(_bundle(model, data, metrics["version"]), metrics, settings.output_uri)
    tracker.metrics(metrics)
    tracker.model(model, X_train, data.features)
    return metrics


def _bundle(model: Pipeline, data: Dataset, version: str) -> dict[str, Any]:
    """Return what the app needs in order to serve the model."""
    return {
        "pipeline": model,
        "features": list(data.features),
        "target": data.target,
        "version": version,
        "sklearn_version": sklearn.__version__,
    }


def main(arguments: Sequence[str]) -> int:
    """Run one training job and return its exit code."""
    jsonlog.configure()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        settings = read_settings(os.environ, arguments)
        logger.info("training started", extra=asdict(settings))
        metrics = run(settings, stop.is_set)
    except TerminatedError as error:
        logger.warning("%s", error)
        return EXIT_TERMINATED
    except (DataError, storage.StorageError) as error:
        logger.error("%s", error)
        return EXIT_BAD_INPUT
    except Exception:
        logger.exception("training failed")
        return EXIT_FAILED
    logger.info("training finished", extra=metrics)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
