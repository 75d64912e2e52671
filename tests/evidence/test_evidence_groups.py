"""Groups: every crossing has a line, missing is a level, and no order of parts matters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whogains.errors import InputError
from whogains.evidence import Grouping, as_level, attribute, attributes, cross, union


def test_a_group_that_can_occur_but_has_no_row_is_there():
    sex = attribute("sex", np.array([0, 0, 1]), ["F", "M"])
    age = attribute("age", np.array([0, 1, 0]), ["18-44", "45+"])
    grouping, codes = cross([sex, age])
    assert grouping.groups == (("F", "18-44"), ("F", "45+"), ("M", "18-44"), ("M", "45+"))
    assert codes.tolist() == [0, 1, 2]


def test_missing_is_a_level_but_makes_no_empty_groups():
    sex = attribute("sex", np.array([0, -1, 1]), ["F", "M"])
    age = attribute("age", np.array([0, 1, 1]), ["18-44", "45+"])
    grouping, codes = cross([sex, age])
    assert grouping.groups[-1] == (None, "45+")
    assert len(grouping) == 5
    assert [grouping.groups[c] for c in codes] == [("F", "18-44"), (None, "45+"), ("M", "45+")]


def test_levels_keep_their_order_and_their_names():
    band = attribute("band", np.array([0, 1, 2]), [10.0, 2.0, 2])
    assert band.levels == ("10", "2")
    assert band.codes.tolist() == [0, 1, 1]
    assert as_level(np.float64(2.5)) == "2.5"


def test_too_many_levels_or_groups_are_refused_by_name():
    with pytest.raises(InputError, match="column 'id' has 51 levels, more than 50"):
        attribute("id", np.arange(51), list(range(51)))
    many = [attribute(n, np.arange(50), list(range(50))) for n in "abc"]
    with pytest.raises(InputError, match="crossing a, b, c makes 125000 groups"):
        cross(many)
    assert len(cross(many[:2])[0]) == 2500


def grouping(levels):
    return cross([attribute("g", np.arange(len(levels)), levels)])[0]


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=3, max_size=3))
def test_union_does_not_depend_on_order_or_bracketing(parts):
    a, b, c = (grouping(sorted(part, reverse=True)) for part in parts)
    left = union(union(a, b), c)
    assert left == union(a, union(b, c))
    assert set(union(b, a).groups) == set(union(a, b).groups)


def test_union_keeps_the_order_that_both_parts_have_and_sorts_numbers_as_numbers():
    assert union(grouping(["low", "high"]), grouping(["low", "high"])).levels == (("low", "high"),)
    assert union(grouping(["10", "9"]), grouping(["2"])).levels == (("2", "9", "10"),)


def test_union_over_other_attributes_is_refused():
    other = Grouping(("h",), (("a",),), (("a",),))
    with pytest.raises(InputError, match="the groups differ"):
        union(grouping(["a"]), other)


def test_columns_of_a_frame_become_attributes():
    frame = pd.DataFrame(
        {
            "band": pd.Categorical(["low", "high", None], categories=["low", "mid", "high"]),
            "ward": [10, 9, 9],
            "flag": [True, False, None],
        }
    )
    band, ward, flag = attributes(frame)
    assert band.levels == ("low", "high", None)
    assert band.codes.tolist() == [0, 1, 2]
    assert ward.levels == ("9", "10")
    assert ward.codes.tolist() == [1, 0, 0]
    assert flag.levels == ("False", "True", None)
