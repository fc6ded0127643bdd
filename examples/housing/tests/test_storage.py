"""Reading and writing by URI, and the files the two images share."""

from pathlib import Path

import fsspec
import pytest
from conftest import EXAMPLE

import storage


def test_a_local_file_is_replaced_without_leftovers(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file"
    storage.write_bytes(str(target), b"one")
    storage.write_bytes(f"file://{target}", b"two")
    assert storage.read_bytes(str(target)) == b"two"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    storage.write_bytes(str(target), b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        storage.write_bytes(str(target), b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_remote_files() -> None:
    storage.write_bytes("memory://bucket/file", b"x")
    assert storage.read_bytes("memory://bucket/file") == b"x"
    with pytest.raises(FileNotFoundError):
        storage.read_bytes("memory://bucket/none")


def test_a_missing_client_says_how_to_build_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(uri: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", fail)
    with pytest.raises(storage.StorageError, match="CLOUDS"):
        storage.locate("s3://bucket/file")


@pytest.mark.parametrize("name", ["storage.py", "jsonlog.py", ".dockerignore"])
def test_the_copies_in_both_images_are_the_same(name: str) -> None:
    assert (EXAMPLE / "app" / name).read_text() == (EXAMPLE / "train" / name).read_text()


def test_the_images_agree_on_the_versions_they_share() -> None:
    pins = []
    for image in ("app", "train"):
        files = sorted((EXAMPLE / image).glob("requirements*.txt"))
        lines = [line for file in files for line in file.read_text().splitlines()]
        pins.append(dict(line.split("==") for line in lines if "==" in line))
    shared = pins[0].keys() & pins[1].keys()
    assert {"scikit-learn", "numpy", "scipy", "joblib", "s3fs", "adlfs", "gcsfs"} <= shared
    assert {name: pins[0][name] for name in shared} == {name: pins[1][name] for name in shared}
