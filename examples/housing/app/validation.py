"""Checks of a prediction request that report every problem at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

MAX_INSTANCES = 1000
_LARGEST = float(np.finfo(np.float32).max)  # trees compare 32-bit numbers


class InvalidRequestError(ValueError):
    """The request cannot be answered; `problems` lists every reason."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the list of problems."""
        super().__init__("; ".join(problems))
        self.problems = problems


def rows_of(body: object, features: Sequence[str]) -> list[list[float]]:
    """Return the instances of a request as rows in the order of `features`.

    Raises:
        InvalidRequestError: with all the problems found in all the instances.
    """
    if not isinstance(body, dict):
        raise InvalidRequestError(['body: must be a JSON object such as {"instances": [...]}'])
    problems = [f"{name}: unknown field" for name in body if name != "instances"]
    instances: Any = body.get("instances")
    if "instances" not in body:
        problems.append("instances: missing")
    elif not isinstance(instances, list) or not instances:
        problems.append("instances: must be a list of at least one object")
    elif len(instances) > MAX_INSTANCES:
        problems.append(f"instances: {len(instances)} given, at most {MAX_INSTANCES} allowed")
    else:
        for position, instance in enumerate(instances):
            problems += _problems_of(instance, f"instances[{position}]", features)
    if problems:
        raise InvalidRequestError(problems)
    return [[float(instance[name]) for name in features] for instance in instances]


def _problems_of(instance: object, place: str, features: Sequence[str]) -> list[str]:
    """Return everything that is wrong with one instance."""
    if not isinstance(instance, dict):
        return [f"{place}: must be an object"]
    missing = [f"{place}.{name}: missing" for name in features if name not in instance]
    unknown = [f"{place}.{name}: unknown field" for name in instance if name not in features]
    bad_values = [
        f"{place}.{name}: {complaint}"
        for name in features
        if name in instance and (complaint := _complaint_about(instance[name]))
    ]
    return missing + unknown + bad_values


def _complaint_about(value: object) -> str | None:
    """Return what is wrong with a feature value, or None when it is a usable number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if not -_LARGEST <= value <= _LARGEST:  # false for NaN too
        return "must be a finite number within the 32-bit range"
    return None
