"""The model the service answers with."""

import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import joblib
import numpy as np
import sklearn

import registry
import storage

BUNDLED_MODEL = str(Path(__file__).parent / "model" / "model.joblib")
MODEL_FILE = "model.joblib"

logger = logging.getLogger(__name__)


class ModelError(Exception):
    """The model cannot be served; the message says why."""


class Predictor(Protocol):
    """The part of a scikit-learn estimator the service uses."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return one prediction per row."""


@dataclass(frozen=True)
class Model:
    """A trained pipeline and what is known about it."""

    pipeline: Predictor
    features: tuple[str, ...]
    version: str

    def predict(self, rows: list[list[float]]) -> list[float]:
        """Return one prediction per row; values in the order of `features`."""
        return self.pipeline.predict(np.asarray(rows, dtype=float)).tolist()


def load_model(uri: str) -> Model:
    """Load a model by its name in the registry, from a .joblib file, or from its folder.

    Raises:
        ModelError: the model is missing, unreadable or not of a kind that can be served.
    """
    model = _from_registry(uri) if uri.startswith(registry.SCHEME) else _from_file(uri)
    logger.info("model loaded", extra={"uri": uri, "model_version": model.version})
    return model


def _from_registry(uri: str) -> Model:
    """Load a model of MLflow's registry."""
    try:
        found = registry.load(uri)
    except registry.RegistryError as error:
        raise ModelError(str(error)) from error
    except Exception as error:  # the client and skops have errors of their own
        raise ModelError(f"cannot load {uri}: {type(error).__name__}: {error}") from error
    _warn_of_another_version(found.sklearn_version)
    return Model(found.pipeline, found.features, found.version)


def _from_file(uri: str) -> Model:
    """Load a model bundle from a .joblib file or from the folder that holds it."""
    file_uri = uri if uri.endswith(".joblib") else storage.join(uri, MODEL_FILE)
    try:
        bundle = joblib.load(io.BytesIO(storage.read_bytes(file_uri)))
    except FileNotFoundError as error:
        raise ModelError(f"no model at {file_uri}") from error
    except storage.StorageError as error:
        raise ModelError(str(error)) from error
    except Exception as error:  # each cloud client and unpickling has errors of its own
        reason = f"{type(error).__name__}: {error}"
        raise ModelError(f"cannot load the model at {file_uri}: {reason}") from error
    return _from_bundle(bundle, file_uri)


def _from_bundle(bundle: Any, file_uri: str) -> Model:  # noqa: ANN401 - a pickle holds anything
    """Check what was unpickled and return it as a Model."""
    expected = {"pipeline", "features", "version", "sklearn_version"}
    if not isinstance(bundle, dict) or not expected <= bundle.keys():
        raise ModelError(
            f"{file_uri} is not a model bundle: expected a dictionary with {sorted(expected)}"
        )
    _warn_of_another_version(bundle["sklearn_version"])
    return Model(bundle["pipeline"], tuple(bundle["features"]), str(bundle["version"]))


def _warn_of_another_version(trained_with: str) -> None:
    if trained_with != sklearn.__version__:
        logger.warning(
            "the model was trained with scikit-learn %s, this is %s: predictions may differ",
            trained_with,
            sklearn.__version__,
        )
