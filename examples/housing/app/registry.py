"""Models of MLflow's registry, by name and alias or version."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEME = "models:/"
# Types of scikit-learn's trees that skops asks about. The rest of such a file cannot run code.
TRUSTED_TYPES = ["numpy.dtype", "sklearn.tree._tree.Tree"]

_NAMED = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<which>[^/@]+))")


class RegistryError(Exception):
    """There is no such model in the registry; the message says why."""


@dataclass(frozen=True)
class Registered:
    """A model as it was registered."""

    pipeline: Any
    features: tuple[str, ...]
    version: str
    sklearn_version: str


def load(uri: str) -> Registered:
    """Load `models:/NAME@ALIAS`, `models:/NAME/VERSION`, or `models:/NAME/ALIAS`, which is short.

    Raises:
        RegistryError: the URI or the model is not usable.
    """
    found = _NAMED.fullmatch(uri)
    if found is None:
        raise RegistryError(f"{uri}: write models:/NAME@ALIAS or models:/NAME/VERSION")
    try:
        import mlflow
        import skops.io
        import yaml
    except ImportError as error:
        raise RegistryError(
            f'{uri}: build the image with TRACKING="mlflow" to load registered models ({error})'
        ) from error

    name, alias, which = found["name"], found["alias"], found["which"] or ""
    client = mlflow.MlflowClient()
    if which.isdecimal():
        version = client.get_model_version(name, which)
    else:
        version = client.get_model_version_by_alias(name, alias or which)
    with tempfile.TemporaryDirectory() as folder:
        place = f"models:/{name}/{version.version}"
        files = Path(mlflow.artifacts.download_artifacts(place, dst_path=folder))
        described = yaml.safe_load((files / "MLmodel").read_text())
        flavor = described["flavors"].get("sklearn")
        if flavor is None or flavor["serialization_format"] != "skops":
            raise RegistryError(f"{place} is not a scikit-learn model saved by skops")
        pipeline = skops.io.load(files / flavor["pickled_model"], trusted=TRUSTED_TYPES)
    columns = yaml.safe_load(described["signature"]["inputs"])
    return Registered(
        pipeline=pipeline,
        features=tuple(column["name"] for column in columns),
        version=f"{name}/{version.version}",
        sklearn_version=flavor["sklearn_version"],
    )
