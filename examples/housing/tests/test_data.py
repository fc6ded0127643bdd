"""The table a model is trained on."""

from pathlib import Path

import fsspec
import numpy as np
import pytest

from data import DataError, load_data

HOUSES = "rooms,area,price\n" + "".join(f"{i},{i * 10},{i * 100}\n" for i in range(12))


def test_the_built_in_table_needs_no_uri() -> None:
    data = load_data(None, "target")
    assert data.X.shape == (442, 10)
    assert data.features[:3] == ("age", "sex", "bmi")


def test_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text(HOUSES)
    data = load_data(str(tmp_path / "houses.csv"), "price")
    assert data.features == ("rooms", "area")
    assert data.X[3].tolist() == [3.0, 30.0]
    assert data.y[3] == 300.0


def test_a_folder_of_csv_files_is_stacked_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("rooms,price\n" + "2,20\n" * 8)
    (tmp_path / "a.csv").write_text("rooms,price\n" + "1,10\n" * 8)
    (tmp_path / "notes.txt").write_text("not data")
    assert load_data(str(tmp_path), "price").y.tolist() == [10.0] * 8 + [20.0] * 8


def test_any_fsspec_uri() -> None:
    fsspec.filesystem("memory").pipe_file("/houses/one.csv", HOUSES.encode())
    assert len(load_data("memory://houses/one.csv", "price").y) == 12
    assert len(load_data("memory://houses/", "price").y) == 12


def test_missing_features_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_text(HOUSES.replace("3,30,300", "3,,300"))
    assert np.isnan(load_data(str(tmp_path / "houses.csv"), "price").X[3, 1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HOUSES.replace("price", "value"), "no column 'price', only rooms, area, value"),
        (HOUSES.replace("3,30,300", "3,big,300"), "column 'area' is not numeric"),
        (HOUSES.replace("3,30,300", "3,30,"), "target 'price' is missing in 1 rows"),
        (HOUSES.replace("3,30,300", "3,inf,300"), "infinite"),
        ("rooms,price\n1,2\n", "1 rows, at least 10 needed"),
        ("price\n" + "1\n" * 12, "no feature column"),
        ("", "not a readable CSV file"),
        ("a,b\n1,2,3\n4,5,6,7,8\n", "not a readable CSV file"),
    ],
)
def test_unusable_tables_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "houses.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        load_data(str(tmp_path / "houses.csv"), "price")


def test_absent_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file at"):
        load_data(str(tmp_path / "none.csv"), "price")


def test_a_folder_without_data_trains_on_the_built_in_table_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_data(str(tmp_path), "price").name == "scikit-learn diabetes"
    assert "no .csv file in" in caplog.text
