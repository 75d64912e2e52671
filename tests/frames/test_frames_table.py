"""Encoding to numbers, and back to what a model was trained on."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whogains.errors import InputError
from whogains.frames import Table, decode, encode

ROUND_TRIPS = {
    "int64": pd.Series([3, 1, 2]),
    "int8": pd.Series([3, 1, 2], dtype="int8"),
    "uint16": pd.Series([3, 1, 2], dtype="uint16"),
    "float64": pd.Series([0.1, np.nan, 2.0]),
    "float32": pd.Series([0.1, np.nan, 2.0], dtype="float32"),
    "bool": pd.Series([True, False, True]),
    "Int64": pd.Series([1, None, 3], dtype="Int64"),
    "Int64_full": pd.Series([1, 2, 3], dtype="Int64"),
    "Float64": pd.Series([0.5, None, 3], dtype="Float64"),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "str": pd.Series(["b", "a", None], dtype="str"),
    "string": pd.Series(["b", "a", None], dtype="string"),
    "object": pd.Series(["b", None, "a"], dtype=object),
    "object_nan": pd.Series(["b", np.nan, "a"], dtype=object),
    "object_bool": pd.Series([True, None, False], dtype=object),
    "categorical": pd.Series(pd.Categorical(["lo", "hi", None], categories=["lo", "hi", "top"])),
    "ordered": pd.Series(pd.Categorical(["lo", "hi"], categories=["lo", "hi"], ordered=True)),
    "int_categories": pd.Series(pd.Categorical([3, 1, None], categories=[3, 1])),
    "intervals": pd.Series(pd.cut([1, 5, 9], [0, 3, 6, 10])),
    "all_missing": pd.Series([np.nan, np.nan]),
    "all_missing_category": pd.Series(pd.Categorical([None, None], categories=["a"])),
    "arrow_int": pd.Series([1, None, 3], dtype=pd.ArrowDtype(pa.int64())),
    "arrow_float": pd.Series([1.5, None, 3], dtype=pd.ArrowDtype(pa.float64())),
    "arrow_bool": pd.Series([True, None, False], dtype=pd.ArrowDtype(pa.bool_())),
    "arrow_string": pd.Series(["b", None, "a"], dtype=pd.ArrowDtype(pa.string())),
    "arrow_dictionary": pd.Series(
        ["b", "a"], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    ),
}


@pytest.mark.parametrize("series", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_decode_gives_back_what_came_in(series):
    frame = series.to_frame("column")
    table = encode(frame)
    assert table.matrix.dtype == np.float64
    pd.testing.assert_frame_equal(decode(table.matrix, table.columns), frame)


@pytest.mark.parametrize("series", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_decode_takes_any_rows(series):
    frame = series.to_frame("column")
    table = encode(frame)
    rows = np.array([1, 0, 1, 1])
    expected = frame.iloc[rows].reset_index(drop=True)
    pd.testing.assert_frame_equal(decode(table.matrix[rows], table.columns), expected)


def test_objects_keep_the_missing_value_they_had():
    table = encode(pd.DataFrame({"a": pd.Series(["x", None], dtype=object)}))
    assert decode(table.matrix, table.columns)["a"].tolist() == ["x", None]


def test_codes_follow_the_sorted_categories():
    table = encode({"size": pd.Categorical(["s", "l", "m"], categories=["s", "m", "l"])})
    assert table.columns[0].categories == ("l", "m", "s")
    assert table.matrix[:, 0].tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("dtype", "value"), [("int64", 1.5), ("int8", 300.0), ("bool", 0.3), ("Int64", 1.5)]
)
def test_a_number_that_the_dtype_cannot_hold_comes_back_as_a_float(dtype, value):
    table = encode(pd.DataFrame({"a": pd.Series([1, 0], dtype=dtype)}))
    back = decode(np.array([[1.0], [value]]), table.columns)
    assert back["a"].dtype == np.float64
    assert back["a"].tolist() == [1.0, value]


@pytest.mark.parametrize("code", [0.5, 2.0, -2.0])
def test_a_code_without_a_category_is_refused(code):
    table = encode({"sex": ["F", "M"]})
    with pytest.raises(InputError, match=r"column 'sex': .* stands for none of its 2 categories"):
        decode(np.array([[code]]), table.columns)


def test_a_coding_is_used_again():
    learned = encode({"a": [1, 2], "g": ["x", "z"]})
    again = encode(
        pl.DataFrame({"g": ["z", "y", None], "more": [0, 0, 0], "a": [5, 6, 7]}), learned.columns
    )
    assert again.columns == learned.columns
    np.testing.assert_array_equal(again.matrix, [[5, 1], [6, np.nan], [7, np.nan]])


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"a": [1]}, "X has no column 'g'"),
        ({"a": ["x"], "g": ["x"]}, "column 'a' holds text where numbers"),
        ({"a": [1], "g": [2]}, "column 'g' holds numbers where it held categories"),
    ],
)
def test_another_kind_of_column_is_refused(frame, message):
    learned = encode({"a": [1, 2], "g": ["x", "z"]})
    with pytest.raises(InputError, match=message):
        encode(frame, learned.columns)


def test_join_and_select():
    X, personal = encode({"a": [1, 2], "b": [3, 4]}), encode({"s": ["F", "M"]}, name="personal")
    joint = X.join(personal)
    assert joint.names == ("a", "b", "s")
    np.testing.assert_array_equal(joint.select(["s", "a"]).matrix, [[0, 1], [1, 2]])
    assert len(joint.take(np.array([True, False]))) == 1


def test_tables_that_do_not_fit_together():
    X = encode({"a": [1, 2]})
    with pytest.raises(InputError, match="X has 2 rows and personal has 3"):
        X.join(encode({"s": [1, 2, 3]}))
    with pytest.raises(InputError, match="'a' is in both X and personal"):
        X.join(encode({"a": [1, 2]}))


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(allow_infinity=False, allow_nan=False)),
            st.one_of(st.none(), st.text(max_size=3)),
            st.integers(-(2**53), 2**53),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_round_trip_of_anything(rows):
    columns = list(zip(*rows, strict=True))
    frame = pd.DataFrame(
        {
            "real": pd.Series(columns[0], dtype=float),
            "text": pd.Series(columns[1], dtype=object),
            "whole": pd.Series(columns[2], dtype="int64"),
            "flag": pd.Series(columns[3], dtype=bool),
        }
    )
    table = encode(frame)
    assert isinstance(table, Table)
    back = decode(table.matrix, table.columns)
    # Text that is missing everywhere says nothing of its kind, and comes back as a float.
    if frame["text"].isna().all():
        frame["text"] = frame["text"].astype(float)
    pd.testing.assert_frame_equal(back, frame)
