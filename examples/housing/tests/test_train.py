"""A training run: outputs, checkpoints, stopping and process groups."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fsspec
import joblib
import pytest
from conftest import EXAMPLE, clean_environment
from sklearn.datasets import load_diabetes

import train
from settings import Settings, read_settings

CHECKPOINT = "checkpoint.joblib"
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of a small run inside a temporary folder."""
    return Settings(
        output_uri=str(tmp_path / "model"),
        checkpoint_uri=str(tmp_path / "checkpoint"),
        trees=12,
        checkpoint_every=4,
    )


def never() -> bool:
    """Say that training need not stop."""
    return False


def after(calls: int) -> Callable[[], bool]:
    """Return a function that is false for some calls and then true."""
    answers = iter([False] * calls)
    return lambda: next(answers, True)


def predictions(settings: Settings) -> list[float]:
    """Return what the saved model predicts for a few rows."""
    pipeline = joblib.load(Path(settings.output_uri) / "model.joblib")["pipeline"]
    return pipeline.predict(load_diabetes(scaled=False).data[:20]).tolist()


def start_training(folder: Path, *flags: str, **variables: str) -> subprocess.Popen[str]:
    """Start train.py as a job would, with its logs in a pipe."""
    places = {
        "ML_OUTPUT_URI": str(folder / "model"),
        "ML_CHECKPOINT_URI": str(folder / "checkpoint"),
    }
    return subprocess.Popen(
        [EXAMPLE / "train" / "train.py", *flags],
        env=clean_environment(**(places | variables), PATH=PATH),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_saves_model_and_metrics(settings: Settings) -> None:
    returned = train.run(settings, never)
    saved = json.loads((Path(settings.output_uri) / "metrics.json").read_text())
    assert saved == returned
    assert saved["trees"] == 12
    assert saved["resumed_from_tree"] == 0
    assert saved["rows_trained"] + saved["rows_held_out"] == 442
    assert sorted(path.name for path in Path(settings.output_uri).iterdir()) == [
        "metrics.json",
        "model.joblib",
    ]


def test_the_default_run_beats_a_constant_guess(settings: Settings) -> None:
    metrics = train.run(Settings(output_uri=settings.output_uri), never)
    assert metrics["rmse"] < 0.9 * metrics["rmse_of_mean"]
    assert metrics["r2"] > 0.2


def test_missing_features_are_filled_in(settings: Settings, tmp_path: Path) -> None:
    table = tmp_path / "houses.csv"
    table.write_text("rooms,target\n" + "".join(f"{i % 5 or ''},{i}\n" for i in range(30)))
    assert train.run(replace(settings, data_uri=str(table)), never)["trees"] == 12


@pytest.mark.parametrize("stop_after", [0, 3, 4, 7])
def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    settings: Settings, tmp_path: Path, stop_after: int
) -> None:
    straight = replace(settings, output_uri=str(tmp_path / "straight"), checkpoint_uri=None)
    train.run(straight, never)

    with pytest.raises(train.TerminatedError):
        train.run(settings, after(stop_after))
    assert not Path(settings.output_uri).exists()
    metrics = train.run(settings, never)

    assert 0 < metrics["resumed_from_tree"] < 12
    assert predictions(settings) == pytest.approx(predictions(straight))


def test_a_longer_run_continues_a_finished_one(settings: Settings) -> None:
    train.run(settings, never)
    metrics = train.run(replace(settings, trees=20), never)
    assert (metrics["resumed_from_tree"], metrics["trees"]) == (12, 20)


@pytest.mark.parametrize(
    "changes", [{"seed": 1}, {"max_depth": 1}, {"learning_rate": 0.5}, {"trees": 6}]
)
def test_the_checkpoint_of_a_different_run_is_ignored(settings: Settings, changes: dict) -> None:
    train.run(settings, never)
    assert train.run(replace(settings, **changes), never)["resumed_from_tree"] == 0


def test_a_damaged_checkpoint_is_ignored(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / CHECKPOINT).write_bytes(b"\x80\x04 cut short")
    assert train.run(settings, never)["resumed_from_tree"] == 0


def test_files_may_live_behind_any_fsspec_uri(settings: Settings) -> None:
    remote = replace(settings, output_uri="memory://run/model", checkpoint_uri="memory://run/c/")
    train.run(remote, never)
    found = fsspec.filesystem("memory").find("/run")
    assert found == [
        "/run/c/checkpoint.joblib",
        "/run/model/metrics.json",
        "/run/model/model.joblib",
    ]


def test_only_the_first_process_of_a_group_writes(settings: Settings, tmp_path: Path) -> None:
    train.run(replace(settings, rank=1, world_size=2), never)
    assert list(tmp_path.iterdir()) == []
    train.run(replace(settings, rank=0, world_size=2), never)
    assert (Path(settings.output_uri) / "model.joblib").exists()
    assert (tmp_path / "checkpoint" / CHECKPOINT).exists()


def test_settings_come_from_environment_and_flags() -> None:
    environment = {
        "ML_DATA_URI": "s3://bucket/data.csv",
        "ML_CHECKPOINT_URI": "",
        "ML_OUTPUT_URI": "gs://bucket/out",
        "ML_TARGET_COLUMN": "price",
        "RANK": "3",
        "WORLD_SIZE": "4",
    }
    settings = read_settings(environment, ["--trees", "7", "--learning-rate", "0.5"])
    assert settings == Settings(
        data_uri="s3://bucket/data.csv",
        output_uri="gs://bucket/out",
        target="price",
        rank=3,
        world_size=4,
        trees=7,
        learning_rate=0.5,
    )
    assert not settings.is_writer


@pytest.mark.parametrize(
    ("environment", "flags"), [({}, ["--trees", "0"]), ({"RANK": "first"}, []), ({}, ["--what"])]
)
def test_wrong_settings_end_with_exit_code_2(environment: dict, flags: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_settings(environment, flags)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("variables", "code", "level"),
    [
        ({"ML_DATA_URI": "/nowhere.csv"}, 2, "ERROR"),
        ({"ML_DATA_URI": "azureml://datastores/x"}, 2, "ERROR"),
        ({"ML_OUTPUT_URI": "/dev/null/model"}, 1, "ERROR"),
        ({}, 0, "INFO"),
    ],
)
def test_exit_codes(tmp_path: Path, variables: dict[str, str], code: int, level: str) -> None:
    job = start_training(tmp_path, "--trees", "5", **variables)
    logs, _ = job.communicate(timeout=20)
    assert job.returncode == code
    assert [json.loads(line) for line in logs.splitlines()][-1]["level"] == level


def test_sigterm_writes_a_checkpoint_and_exits_143(tmp_path: Path) -> None:
    job = start_training(tmp_path, "--trees", "1000000", "--checkpoint-every", "20")
    deadline = time.monotonic() + 20
    while not (tmp_path / "checkpoint" / CHECKPOINT).exists():
        assert time.monotonic() < deadline
        assert job.poll() is None
        time.sleep(0.02)
    os.kill(job.pid, signal.SIGTERM)
    logs, _ = job.communicate(timeout=10)

    entries = [json.loads(line) for line in logs.splitlines()]
    assert job.returncode == 143
    assert "stopped by SIGTERM" in entries[-1]["message"]
    assert not (tmp_path / "model").exists()
    trees = joblib.load(tmp_path / "checkpoint" / CHECKPOINT)["trees"]
    assert trees == [e["trees"] for e in entries if e["message"] == "checkpoint written"][-1]

    retry = start_training(tmp_path, "--trees", str(trees + 5))
    logs, _ = retry.communicate(timeout=20)
    assert retry.returncode == 0
    assert json.loads(logs.splitlines()[-1])["resumed_from_tree"] == trees
