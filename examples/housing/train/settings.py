"""What one training run was asked to do: places from the environment, numbers from flags."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings of one training run."""

    output_uri: str = "artifacts/model"
    data_uri: str | None = None
    checkpoint_uri: str | None = None
    target: str = "target"
    tracking_uri: str | None = None
    model_name: str | None = None
    rank: int = 0
    world_size: int = 1
    trees: int = 200
    learning_rate: float = 0.03
    max_depth: int = 2
    checkpoint_every: int = 50
    seed: int = 0

    @property
    def is_writer(self) -> bool:
        """Whether this process saves files: only the first of a group does."""
        return self.rank == 0


def read_settings(environment: Mapping[str, str], arguments: Sequence[str]) -> Settings:
    """Return the settings; an environment variable that is empty counts as unset.

    Wrong settings end the program with a message and exit code 2.
    """
    defaults = Settings()
    parser = _parser(defaults)
    flags = parser.parse_args(arguments)
    try:
        rank = int(environment.get("RANK") or defaults.rank)
        world_size = int(environment.get("WORLD_SIZE") or defaults.world_size)
    except ValueError as error:
        parser.error(f"RANK and WORLD_SIZE must be whole numbers: {error}")
    return Settings(
        output_uri=environment.get("ML_OUTPUT_URI") or defaults.output_uri,
        data_uri=environment.get("ML_DATA_URI") or None,
        checkpoint_uri=environment.get("ML_CHECKPOINT_URI") or None,
        target=environment.get("ML_TARGET_COLUMN") or defaults.target,
        tracking_uri=environment.get("MLFLOW_TRACKING_URI") or None,
        model_name=environment.get("ML_MODEL_NAME") or None,
        rank=rank,
        world_size=world_size,
        **vars(flags),
    )


def _parser(defaults: Settings) -> argparse.ArgumentParser:
    """Return the parser of the flags, which carry the names of the fields."""
    parser = argparse.ArgumentParser(
        description="Trains the example model.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--trees", type=_positive_int, default=defaults.trees, help="boosting rounds")
    add("--learning-rate", type=_positive_float, default=defaults.learning_rate, help="step size")
    add("--max-depth", type=_positive_int, default=defaults.max_depth, help="depth of a tree")
    add(
        "--checkpoint-every",
        type=_positive_int,
        default=defaults.checkpoint_every,
        help="trees between two checkpoints",
    )
    add("--seed", type=int, default=defaults.seed, help="seed of the split and of the sampling")
    return parser


def _positive_int(text: str) -> int:
    """Return the integer in `text`, which must be above zero."""
    value = int(text)
    if value <= 0:
        raise ValueError(f"{text} is not above zero")
    return value


def _positive_float(text: str) -> float:
    """Return the number in `text`, which must be above zero."""
    value = float(text)
    if not value > 0:
        raise ValueError(f"{text} is not above zero")
    return value
