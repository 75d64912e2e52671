"""Any frame in, the same rows out."""

import datetime as dt
import re

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from whogains.errors import InputError
from whogains.frames import encode, to_pandas, to_series, to_vector

VALUES = {
    "age": [40, 52, 31],
    "bmi": [22.5, None, 31.0],
    "sex": ["M", "F", "M"],
    "smoker": [True, False, True],
}


def as_duckdb(values: dict) -> duckdb.DuckDBPyRelation:
    table = pa.table(values)
    connection = duckdb.connect()
    return connection.from_arrow(table)


MAKERS = {
    "pandas": pd.DataFrame,
    "pandas_index": lambda values: pd.DataFrame(values, index=[7, 7, 1]),
    "pandas_nullable": lambda values: pd.DataFrame(values).convert_dtypes(),
    "pandas_arrow": lambda values: pd.DataFrame(values).convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame,
    "polars_lazy": pl.LazyFrame,
    "pyarrow": pa.table,
    "duckdb": as_duckdb,
    "dict": dict,
    "dict_of_series": lambda values: {k: pl.Series(v) for k, v in values.items()},
    "dict_of_one_index": lambda values: {
        k: pd.Series(v, index=[5, 0, 9]) for k, v in values.items()
    },
    "object_array": lambda values: pd.DataFrame(np.array(list(values.values()), object).T).set_axis(
        list(values), axis=1
    ),
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_every_library_gives_the_same_numbers(maker):
    table = encode(maker(VALUES))
    assert table.names == ("age", "bmi", "sex", "smoker")
    assert [column.kind for column in table.columns] == ["integer", "real", "category", "boolean"]
    expected = [[40, 22.5, 1, 1], [52, np.nan, 0, 0], [31, 31, 1, 1]]
    np.testing.assert_array_equal(table.matrix, expected)


def test_array_columns_are_numbered():
    assert to_pandas(np.zeros((2, 3))).columns.tolist() == ["x0", "x1", "x2"]
    # Beside an array of features, attributes need names of their own.
    assert to_pandas(np.zeros((2, 2)), "personal").columns.tolist() == ["personal0", "personal1"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a", "b"], name="g", index=[3, 3]),
        pl.Series("g", ["a", "b"]),
        pd.DataFrame({"g": ["a", "b"]}),
        pl.DataFrame({"g": ["a", "b"]}),
    ],
)
def test_a_series_is_one_column(column):
    assert to_pandas(column).to_dict("list") == {"g": ["a", "b"]}
    assert to_series(column, "y").tolist() == ["a", "b"]


@pytest.mark.parametrize(
    "column",
    [
        ["a", "b"],
        np.array(["a", "b"]),
        pl.Series(["a", "b"]),
        pa.chunked_array([["a", "b"]]),
        pa.array(["a", "b"]),
    ],
)
def test_a_column_without_a_name_gets_the_argument_s(column):
    assert to_pandas(column, "personal").to_dict("list") == {"personal": ["a", "b"]}


def test_the_caller_s_frame_is_left_alone():
    frame = pd.DataFrame([[1, 2]], columns=[0, 1], index=[9])
    assert to_pandas(frame).columns.tolist() == ["0", "1"]
    assert frame.columns.tolist() == [0, 1]
    assert frame.index.tolist() == [9]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 0, 1], [1, 0, 1]),
        (np.array([[0.5], [0.25]]), [0.5, 0.25]),
        (pl.Series([True, False]), [1, 0]),
        (pd.array([1, 2], dtype="Int64"), [1, 2]),
        (pd.Series(pd.Categorical([0, 1, 0])), [0, 1, 0]),
        (pa.chunked_array([[1.5], [2.5]]), [1.5, 2.5]),
        (pd.DataFrame({"p": [0.1]}, index=[8]), [0.1]),
    ],
)
def test_vectors(values, expected):
    vector = to_vector(values, "p")
    assert vector.dtype == np.float64
    np.testing.assert_array_equal(vector, expected)


def test_missing_numbers_are_refused_unless_allowed():
    with pytest.raises(InputError, match=re.escape("p has 2 missing values, the first in row 1")):
        to_vector([1.0, None, np.nan], "p")
    np.testing.assert_array_equal(to_vector([1.0, None], "p", allow_missing=True), [1, np.nan])


BIG = 2**53 + 1


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (3, "X is a int, not a table"),
        ("file.csv", "X is a str, not a table"),
        ({}, "X has no columns"),
        ({"a": []}, "X has no rows"),
        (np.zeros((2, 2, 2)), "not one column"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column named 'a'"),
        (pd.DataFrame([[1, 2]], columns=[1, "1"]), "more than one column named '1'"),
        ({"a": [1, 2], "b": [1]}, "'a' has 2, 'b' has 1"),
        ({"a": pd.to_datetime(["2020-01-01"])}, "column 'a' holds datetime values"),
        (pl.DataFrame({"a": [dt.date(2020, 1, 1)]}), "column 'a' holds date"),
        ({"a": [dt.timedelta(1)]}, "column 'a' holds timedelta"),
        (pl.DataFrame({"a": [[1, 2]]}), "column 'a' holds nested or mixed"),
        (pl.DataFrame({"a": [{"b": 1}]}), "column 'a' holds nested or mixed"),
        (pd.DataFrame({"a": ["x", 1]}), "column 'a' holds nested or mixed"),
        ({"a": [b"x"]}, "column 'a' holds bytes"),
        ({"a": [1j]}, "column 'a' holds complex"),
        ({"a": [1, BIG]}, f"column 'a' holds the integer {BIG} in size"),
        ({"a": [-BIG, 1]}, f"holds the integer {BIG} in size"),
        (pl.DataFrame({"a": [BIG, None]}), "beyond 2^53"),
        (pa.table({"a": [BIG, None]}), "beyond 2^53"),
        (pd.DataFrame({"a": pd.array([BIG, None], "Int64")}), "beyond 2^53"),
        (pd.DataFrame({"a": [2**70, 1]}), "beyond 2^53"),
        (
            {"a": [0.0, np.inf, -np.inf]},
            "X column 'a' has 2 infinite values, the first in row 1 (counting from 0)",
        ),
        (pd.DataFrame({"a": pd.Categorical([1, "x"])}), "categories of several types"),
    ],
)
def test_what_cannot_be_used_is_named(frame, message):
    with pytest.raises(InputError, match=re.escape(message)):
        encode(frame)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", "b"], "y holds text where numbers are needed"),
        (np.zeros((2, 2)), "y is an array of shape (2, 2), not one column"),
        (pl.DataFrame({"a": [1], "b": [1]}), "y is a table of 2 columns"),
        (3.0, "y is float"),
        ("abc", "y is str"),
        (object(), "y is a object"),
    ],
)
def test_what_is_no_vector_is_named(values, message):
    with pytest.raises(InputError, match=re.escape(message)):
        to_vector(values, "y")


def test_the_largest_exact_integer_is_kept():
    assert encode({"a": [2**53, -(2**53)]}).matrix[:, 0].tolist() == [2.0**53, -(2.0**53)]


def test_a_mapping_of_series_in_different_orders_is_refused_and_never_matched_by_place():
    columns = {"a": pd.Series([1, 2, 3]), "b": pd.Series([1, 2, 3], index=[2, 0, 1])}
    with pytest.raises(InputError, match="the columns of X have different pandas indexes"):
        to_pandas(columns)
