"""Tracks a training run in MLflow when MLFLOW_TRACKING_URI names a server.

The platform sets that variable, those that sign the requests, and ML_MODEL_NAME, the name under
which the model is registered. Without the first, nothing here does anything.
"""

import importlib.util
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

logger = logging.getLogger(__name__)

# Types of scikit-learn's trees that skops asks about; the app trusts the same ones.
TRUSTED_TYPES = ["numpy.dtype", "sklearn.tree._tree.Tree"]
_NEEDED = ("numpy", "scikit-learn", "scipy", "skops")
# Clients of managed servers, which a machine of that cloud may name by itself.
_CLIENTS = {"arn": "sagemaker_mlflow", "azureml": "azureml"}


class Tracker:
    """What a training run tells of itself: nothing, unless there is a server."""

    def params(self, params: dict[str, Any]) -> None:
        """Note the settings of the run."""

    def metrics(self, metrics: dict[str, Any]) -> None:
        """Note the numbers among the metrics, and the rest as tags."""

    def model(self, model: Pipeline, X: np.ndarray, features: tuple[str, ...]) -> None:
        """Keep the model with the names of its features, and register it."""


class MlflowTracker(Tracker):
    """Tells MLflow."""

    def __init__(self, model_name: str | None) -> None:
        """Take the name under which the model is registered, if it is."""
        self._model_name = model_name

    def params(self, params: dict[str, Any]) -> None:
        """Note the settings of the run."""
        import mlflow

        mlflow.log_params(params)

    def metrics(self, metrics: dict[str, Any]) -> None:
        """Note the numbers among the metrics, and the rest as tags."""
        import mlflow

        numbers = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
        mlflow.log_metrics(numbers)
        mlflow.set_tags({name: metrics[name] for name in metrics.keys() - numbers.keys()})

    def model(self, model: Pipeline, X: np.ndarray, features: tuple[str, ...]) -> None:
        """Keep the model with the names of its features, and register it."""
        import mlflow
        import mlflow.sklearn

        example = pd.DataFrame(X[:5], columns=list(features))
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=mlflow.models.infer_signature(example, model.predict(X[:5])),
            serialization_format="skops",  # which, unlike a pickle, runs no code when it is loaded
            skops_trusted_types=TRUSTED_TYPES,
            # MLflow would find these out by loading the model in another process.
            pip_requirements=[f"{name}=={version(name)}" for name in _NEEDED],
            registered_model_name=self._model_name,
        )
        logger.info(
            "model tracked",
            extra={
                "uri": logged.model_uri,
                "model": self._model_name,
                "version": logged.registered_model_version,
            },
        )


@contextmanager
def tracked(uri: str | None, model_name: str | None) -> Iterator[Tracker]:
    """Yield the tracker of one run, which ends as finished, or as failed on an error.

    Args:
        uri: the value of MLFLOW_TRACKING_URI.
        model_name: the value of ML_MODEL_NAME.
    """
    if not uri or not _has_client(uri):
        yield Tracker()
        return
    import mlflow

    # A managed service may name runs of its own server in here.
    if not uri.startswith(tuple(_CLIENTS)):
        for name in ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"):
            os.environ.pop(name, None)
    mlflow.set_tracking_uri(uri)
    if model_name and not os.environ.get("MLFLOW_EXPERIMENT_NAME"):
        mlflow.set_experiment(model_name)
    with mlflow.start_run() as run:
        logger.info("run tracked", extra={"run_id": run.info.run_id})
        yield MlflowTracker(model_name)


def _has_client(uri: str) -> bool:
    """Return whether the client for this kind of server is installed; warn when not."""
    package = _CLIENTS.get(uri.partition(":")[0], "mlflow")
    if importlib.util.find_spec(package) is not None:
        return True
    logger.warning(
        "not tracked: %s needs the package %s; build the image with another TRACKING argument",
        uri,
        package,
    )
    return False
