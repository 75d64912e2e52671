"""Which task an outcome makes, and what counts as 1."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.frames import read_target


@pytest.mark.parametrize(
    ("y", "values", "positive", "said"),
    [
        ([0, 1, 1], [0, 1, 1], 1, False),
        ([0.0, 1.0, np.nan], [0, 1, np.nan], 1, False),
        ([True, False, True], [1, 0, 1], True, False),
        (pd.array([True, None, False], "boolean"), [1, np.nan, 0], True, False),
        (pl.Series(["no", "yes", None]), [0, 1, np.nan], "yes", True),
        (pd.Categorical(["yes", "no"], categories=["yes", "no", "never"]), [1, 0], "yes", True),
        ([2, 1, 2], [1, 0, 1], 2, True),
        (["1", "0"], [1, 0], "1", True),
    ],
)
def test_two_values_make_classification(y, values, positive, said):
    target = read_target(y)
    assert target.task == "classification"
    np.testing.assert_array_equal(target.values, values)
    np.testing.assert_array_equal(target.observed, ~np.isnan(values))
    assert target.positive == positive
    assert bool(target.note) == said


def test_the_note_says_which_is_which():
    assert read_target(["sick", "well"], name="state", positive="sick").note == (
        "state: 'sick' counts as 1 and 'well' as 0"
    )


@pytest.mark.parametrize(
    "values",
    [
        ("Not readmitted", "readmitted"),
        ("non-responder", "Responder"),
        ("no event", "event"),
        ("NON_CASE", "case"),
        ("nonsurvivor", "Survivor"),
        ("Alive", "deceased"),
        ("9", "10"),
    ],
)
def test_a_word_and_its_opposite_say_which_is_meant(values):
    no, yes = ("Survivor", "nonsurvivor") if "Survivor" in values else values
    for given in ([no, yes, yes], [yes, no, no], pd.Categorical([yes, no])):
        assert (read_target(given).negative, read_target(given).positive) == (no, yes)


@pytest.mark.parametrize("values", [("pass", "fail"), ("a", "b"), ("low", "high"), ("x1", "1")])
def test_of_other_words_nobody_knows_which_is_meant(values):
    last = max(values)
    for given in (list(values), pd.Categorical(values), pl.Series(values)):
        with pytest.raises(InputError, match=rf"counts as 1 \(positive, .* --positive '{last}'\)"):
            read_target(given, name="outcome")
        assert read_target(given, positive=values[0]).positive == values[0]
    ordered = pd.Categorical(values, categories=list(values), ordered=True)
    assert read_target(ordered).positive == values[1]


def test_more_values_make_regression():
    target = read_target([1, 2, None, 4])
    assert (target.task, target.positive, target.note) == ("regression", None, "")
    np.testing.assert_array_equal(target.values, [1, 2, np.nan, 4])


def test_the_task_can_be_given():
    assert read_target([0, 1, 1], task="regression").task == "regression"
    with pytest.raises(InputError, match="3 distinct values; classification needs exactly two"):
        read_target([0, 1, 2], task="classification")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([None, None], "y has no values: all 2 rows are missing"),
        ([1, 1, None], "y is constant: every value is 1"),
        (["a", "b", "c"], "y has 3 distinct values that are not numbers"),
        ([1.0, 2.0, np.inf], "y has 1 infinite values, the first in row 2"),
        ([1.0, np.inf], "infinite"),
        (["a", 1], "mixes types"),
        (pd.to_datetime(["2020-01-01", "2020-01-02"]), "datetime"),
        (pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"]), "datetime"),
    ],
)
def test_what_is_no_outcome(y, message):
    with pytest.raises(InputError, match=message):
        read_target(y)


def test_a_code_of_missing_outcomes_is_no_third_class(tmp_path):
    frame = pd.DataFrame(
        {"y": ["yes", "no"] * 50 + ["."], "p0": 0.4, "p1": 0.5, "g": ["a", "b"] * 50 + ["a"]}
    )
    frame.to_csv(tmp_path / "rows.csv", index=False)
    how = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
    for most in (1000, 0):
        with pytest.raises(InputError, match=r"missing .*\(.*--na"):
            wg.compare_files(tmp_path / "rows.csv", rows_in_memory=most, **how)
        found = wg.compare_files(tmp_path / "rows.csv", rows_in_memory=most, na=["."], **how)
        assert (found.data.positive, found.data.rows_dropped) == ("yes", 1)
