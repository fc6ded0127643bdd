"""Tracking a run, registering its model and serving it, with MLflow's file store as the server."""

import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from conftest import EXAMPLE, StartServer
from mlflow.exceptions import MlflowException
from sklearn.datasets import load_diabetes
from test_server import entries, get
from test_train import never, start_training

import registry
import tracking
import train
from model import ModelError, load_model
from settings import Settings, read_settings

RUNTIME = EXAMPLE.parent.parent / "runtime" / "mlflow-auth"
ROWS = load_diabetes(scaled=False).data[:3].tolist()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URI of an empty store that MLflow uses in this test."""
    uri = f"file://{tmp_path}/mlflow"
    for name, value in {
        "MLFLOW_TRACKING_URI": uri,
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }.items():
        monkeypatch.setenv(name, value)
    mlflow.set_tracking_uri(uri)
    return uri


def short_run(uri: str, folder: Path) -> Settings:
    """Return the settings of a run that is tracked and registers its model."""
    return Settings(output_uri=str(folder), tracking_uri=uri, model_name="housing", trees=5)


@pytest.fixture
def registered(store: str, tmp_path: Path) -> dict:
    """Return the metrics of a run whose model is version 1, and in production."""
    metrics = train.run(
        Settings(
            output_uri=str(tmp_path / "out"), tracking_uri=store, model_name="housing", trees=5
        ),
        never,
    )
    mlflow.MlflowClient().set_registered_model_alias("housing", "production", "1")
    return metrics


def test_a_run_has_its_settings_metrics_and_model(registered: dict) -> None:
    version = mlflow.MlflowClient().get_model_version("housing", "1")
    run = mlflow.get_run(version.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "trees": "5",
        "learning_rate": "0.03",
        "max_depth": "2",
        "seed": "0",
        "target": "target",
    }
    assert run.data.metrics["rmse"] == registered["rmse"]
    assert run.data.tags["version"] == registered["version"]
    assert run.data.tags["data"] == "scikit-learn diabetes"
    assert mlflow.get_experiment(run.info.experiment_id).name == "housing"
    signature = mlflow.models.get_model_info("models:/housing/1").signature
    assert signature.inputs.input_names() == load_diabetes().feature_names


@pytest.mark.parametrize("form", ["@production", "/production", "/1"])
def test_the_app_answers_with_the_registered_model(
    registered: dict, tmp_path: Path, form: str
) -> None:
    model = load_model(f"models:/housing{form}")
    saved = load_model(str(tmp_path / "out"))
    assert model.features == saved.features
    assert model.version == "housing/1"
    assert model.predict(ROWS) == pytest.approx(saved.predict(ROWS))


def test_the_alias_is_read_at_each_start(registered: dict, store: str, tmp_path: Path) -> None:
    train.run(
        Settings(
            output_uri=str(tmp_path / "two"), tracking_uri=store, model_name="housing", trees=6
        ),
        never,
    )
    assert load_model("models:/housing@production").version == "housing/1"
    mlflow.MlflowClient().set_registered_model_alias("housing", "production", "2")
    assert load_model("models:/housing@production").version == "housing/2"


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("models:/housing", "write models:/NAME@ALIAS or models:/NAME/VERSION"),
        ("models:/housing/", "write models:/NAME@ALIAS or models:/NAME/VERSION"),
        ("models:/housing@staging", "cannot load models:/housing@staging: MlflowException"),
        ("models:/nothing/1", "cannot load models:/nothing/1: MlflowException"),
    ],
)
def test_a_model_that_is_not_there_is_named(registered: dict, uri: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_model(uri)


def test_a_model_that_was_pickled_is_refused(registered: dict) -> None:
    mlflow.sklearn.log_model(
        load_model("models:/housing@production").pipeline,
        name="model",
        serialization_format="cloudpickle",
        pip_requirements=[],
        registered_model_name="housing",
    )
    with pytest.raises(ModelError, match="models:/housing/2 is not a scikit-learn model saved by"):
        load_model("models:/housing/2")


def test_without_the_client_the_error_says_how_to_build_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ModelError, match='build the image with TRACKING="mlflow"'):
        load_model("models:/housing@production")


def test_a_server_starts_with_a_registered_model(
    registered: dict, store: str, start_server: StartServer
) -> None:
    server = start_server(ML_MODEL_URI="models:/housing/production", MLFLOW_TRACKING_URI=store)
    server.wait_until_healthy()
    assert get(f"{server.url}/health")["model_version"] == "housing/1"
    assert entries(server)


def test_a_failed_run_is_tracked_as_failed(store: str, tmp_path: Path) -> None:
    with pytest.raises(train.TerminatedError):
        train.run(
            Settings(output_uri=str(tmp_path), tracking_uri=store, model_name="housing"),
            lambda: True,
        )
    [run] = mlflow.search_runs(experiment_names=["housing"], output_format="list")
    assert run.info.status == "FAILED"
    with pytest.raises(MlflowException):
        mlflow.MlflowClient().get_model_version("housing", "1")


def test_only_the_first_process_of_a_group_tracks(store: str, tmp_path: Path) -> None:
    second = Settings(output_uri=str(tmp_path), tracking_uri=store, model_name="m", rank=1, trees=5)
    train.run(second, never)
    assert mlflow.search_experiments(filter_string="name = 'm'") == []


def test_the_run_of_a_managed_service_is_not_taken_for_one_of_ours(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "run-of-azure-ml")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "experiment-of-azure-ml")
    train.run(
        Settings(output_uri=str(tmp_path / "o"), tracking_uri=store, model_name="m", trees=5), never
    )
    assert mlflow.MlflowClient().get_model_version("m", "1").run_id != "run-of-azure-ml"


@pytest.mark.parametrize(
    ("uri", "package"),
    [("azureml://host/x", "azureml"), ("arn:aws:sagemaker:eu-west-1:1:x", "sagemaker_mlflow")],
)
def test_a_server_without_a_client_is_warned_about_and_the_job_goes_on(
    tmp_path: Path, uri: str, package: str
) -> None:
    job = start_training(tmp_path, "--trees", "5", MLFLOW_TRACKING_URI=uri)
    logs, _ = job.communicate(timeout=20)
    assert job.returncode == 0
    [warning] = [e for e in map(json.loads, logs.splitlines()) if e["level"] == "WARNING"]
    assert warning["message"].startswith(f"not tracked: {uri} needs the package {package}")


def test_without_a_server_mlflow_is_not_even_loaded(tmp_path: Path) -> None:
    code = "import sys, train; train.main(['--trees', '5']); sys.exit('mlflow' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLE / "train",
        env={"ML_OUTPUT_URI": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert ran.returncode == 0


def test_the_variables_of_the_platform_are_read() -> None:
    settings = read_settings({"MLFLOW_TRACKING_URI": "https://t", "ML_MODEL_NAME": "m"}, [])
    assert (settings.tracking_uri, settings.model_name) == ("https://t", "m")


def test_both_images_trust_the_same_types() -> None:
    assert registry.TRUSTED_TYPES == tracking.TRUSTED_TYPES


@pytest.mark.parametrize("image", ["app", "train"])
def test_the_images_carry_the_plugin_of_the_platform(image: str) -> None:
    copy = EXAMPLE / image / "mlops-mlflow-auth"
    names = sorted(path.name for path in copy.iterdir() if path.is_file())
    assert names == ["mlops_mlflow_auth.py", "pyproject.toml"]
    for name in names:
        assert (copy / name).read_text() == (RUNTIME / name).read_text()
