"""Loading a model: what training writes is what the app reads."""

import io
from pathlib import Path

import fsspec
import joblib
import pytest
from sklearn.datasets import load_diabetes

from model import MODEL_FILE, ModelError, load_model


@pytest.fixture
def bundle(trained: Path) -> dict:
    """Return the bundle a training run wrote."""
    return joblib.load(trained / MODEL_FILE)


def test_the_app_answers_with_the_trained_pipeline(trained: Path, bundle: dict) -> None:
    model = load_model(str(trained))
    rows = load_diabetes(scaled=False).data[:3]
    assert model.features == tuple(load_diabetes().feature_names)
    assert model.version == bundle["version"]
    assert model.predict(rows.tolist()) == pytest.approx(bundle["pipeline"].predict(rows))


@pytest.mark.parametrize("form", ["{}", "{}/", "{}/model.joblib", "file://{}"])
def test_a_folder_or_a_file_by_path_or_uri(trained: Path, form: str) -> None:
    assert load_model(form.format(trained)).features


def test_any_fsspec_uri(trained: Path) -> None:
    fsspec.filesystem("memory").pipe_file(
        "/models/model.joblib", (trained / MODEL_FILE).read_bytes()
    )
    assert load_model("memory://models").features


def test_the_bundled_model_loads(image: Path) -> None:
    model = load_model(str(image / "model" / MODEL_FILE))
    assert model.version == "bundled"


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("/nowhere/at/all", "no model at /nowhere/at/all/model.joblib"),
        ("nonsense://bucket/model", "nonsense"),
        ("azureml://datastores/x/paths/y", "mounted folder"),
    ],
)
def test_a_wrong_uri_is_named_in_the_error(uri: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_model(uri)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_text("not a pickle")
    with pytest.raises(ModelError, match="cannot load the model at"):
        load_model(str(tmp_path))


def test_a_pickle_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    joblib.dump({"pipeline": None}, tmp_path / MODEL_FILE)
    with pytest.raises(ModelError, match="not a model bundle"):
        load_model(str(tmp_path))


def test_another_scikit_learn_is_warned_about(
    bundle: dict, caplog: pytest.LogCaptureFixture
) -> None:
    contents = io.BytesIO()
    joblib.dump(bundle | {"sklearn_version": "0.1"}, contents)
    fsspec.filesystem("memory").pipe_file("/old/model.joblib", contents.getvalue())
    load_model("memory://old")
    assert "trained with scikit-learn 0.1" in caplog.text
