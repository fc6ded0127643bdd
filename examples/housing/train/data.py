"""The table a model is trained on: a built-in one, or CSV files by URI."""

import io
import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes

import storage

MINIMUM_ROWS = 10

logger = logging.getLogger(__name__)


class DataError(Exception):
    """The data cannot be trained on; the message says what to change."""


@dataclass(frozen=True)
class Dataset:
    """Features and target of every row."""

    name: str
    features: tuple[str, ...]
    target: str
    X: np.ndarray
    y: np.ndarray


def load_data(uri: str | None, target: str) -> Dataset:
    """Return the table at `uri`, or scikit-learn's diabetes set when there is none yet.

    A platform always sets ML_DATA_URI, to a folder that is empty at first: so that the
    first job of a new platform runs, an empty folder is a warning and the built-in table.

    Args:
        uri: a .csv file, or a folder whose .csv files are stacked.
        target: the column to predict; all the others are features.

    Raises:
        DataError: there is no such CSV file, or a column is unusable.
    """
    paths = [] if uri is None else _csv_files(uri)
    if uri is not None and not paths:
        logger.warning("no .csv file in %s: training on the built-in table instead", uri)
    if uri is None or not paths:
        diabetes = load_diabetes(scaled=False)
        features = tuple(diabetes.feature_names)
        return Dataset("scikit-learn diabetes", features, target, diabetes.data, diabetes.target)
    return _from_table(_read_csv(uri, paths), uri, target)


def _csv_files(uri: str) -> list[str]:
    """Return the file itself, or the .csv files of a folder in the order of their names."""
    filesystem, path = storage.locate(uri)
    return [path] if uri.endswith(".csv") else sorted(filesystem.glob(f"{path}/*.csv"))


def _read_csv(uri: str, paths: list[str]) -> pd.DataFrame:
    """Stack the tables of several files."""
    filesystem, _ = storage.locate(uri)
    try:
        tables = [pd.read_csv(io.BytesIO(filesystem.cat_file(path))) for path in paths]
    except FileNotFoundError as error:
        raise DataError(f"no file at {uri}") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{uri} is not a readable CSV file: {error}") from error
    return pd.concat(tables, ignore_index=True)


def _from_table(table: pd.DataFrame, uri: str, target: str) -> Dataset:
    """Check the columns of a table; missing features are allowed, a missing target is not."""
    if target not in table.columns:
        columns = ", ".join(map(str, table.columns))
        raise DataError(f"{uri} has no column {target!r}, only {columns}: set ML_TARGET_COLUMN")
    problems = [
        f"column {name!r} is not numeric"
        for name in table.columns
        if not pd.api.types.is_numeric_dtype(table[name])
    ]
    if table.shape[1] < 2:
        problems.append("there is no feature column beside the target")
    if len(table) < MINIMUM_ROWS:
        problems.append(f"{len(table)} rows, at least {MINIMUM_ROWS} needed")
    if missing := table[target].isna().sum():
        problems.append(f"the target {target!r} is missing in {missing} rows")
    if table.isin([np.inf, -np.inf]).any(axis=None):
        problems.append("there are infinite values")
    if problems:
        raise DataError(f"{uri}: {'; '.join(problems)}")
    X = table.drop(columns=target)
    return Dataset(
        name=uri,
        features=tuple(map(str, X.columns)),
        target=target,
        X=X.to_numpy(dtype=float),
        y=table[target].to_numpy(dtype=float),
    )
