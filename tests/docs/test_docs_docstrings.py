"""Every function of inference and limits says where it comes from, and when it refuses."""

import inspect
import re

import pytest

from whogains import inference, limits

FUNCTIONS = [
    pytest.param(thing, id=f"{room.__name__}.{name}")
    for room in (inference, limits)
    for name in room.__all__
    if inspect.isfunction(thing := getattr(room, name))
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_docstring_is_complete(function):
    text = inspect.getdoc(function)
    for section in ("Parameters", "Returns", "Raises", "Notes", "Examples"):
        assert re.search(rf"^{section}\n-+$", text, re.MULTILINE), section
    assert "References\n---" in text or re.search(r"[Dd]erived here|source\s+derives", text)
    said = {name.strip("*") for name in re.findall(r"^[\w, *]+(?= : |$)", text, re.MULTILINE)}
    names = {name.strip() for line in said for name in line.split(",")}
    assert set(inspect.signature(function).parameters) <= names
