"""What a room offers says what it takes and gives; a formula also says where it comes from."""

import ast
import inspect
import pydoc
import re
import textwrap

import pytest

import whogains
from whogains import (
    evidence,
    explain,
    files,
    frames,
    inference,
    judging,
    limits,
    models,
    records,
    scoring,
    tables,
)

ROOMS = (evidence, explain, files, frames, judging, models, records, scoring, tables)


def offered(*rooms):
    return [
        pytest.param(thing, id=f"{room.__name__}.{name}")
        for room in rooms
        for name in room.__all__
        if inspect.isfunction(thing := getattr(room, name))
    ]


def sections(text):
    return set(re.findall(r"^(\w+)\n-+$", text, re.MULTILINE))


def named(text):
    said = re.findall(r"^([\w, *]+?)(?= : |$)", text, re.MULTILINE)
    return {name.strip(" *") for line in said for name in line.split(",")}


def statements(function):
    """Count the statements of a function's body, at any depth, but for the docstring."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    return sum(isinstance(node, ast.stmt) for node in ast.walk(definition)) - 2


# Helpers that check arguments live in files of their own, whose names begin with an underscore.
FORMULAS = [each for each in offered(inference, limits) if "._" not in each.values[0].__module__]


@pytest.mark.parametrize("function", FORMULAS)
def test_a_formula_has_its_units_its_source_and_an_example(function):
    text = inspect.getdoc(function)
    assert sections(text) >= {"Parameters", "Returns", "Raises", "Notes", "Examples"}
    assert "References\n---" in text or re.search(r"[Dd]erived here|source\s+derives", text)
    assert set(inspect.signature(function).parameters) <= named(text)


@pytest.mark.parametrize("function", offered(whogains, *ROOMS))
def test_what_is_offered_says_what_it_takes_and_gives(function):
    text = inspect.getdoc(function)
    assert text.splitlines()[0].endswith(".")
    # Of four statements or fewer a sentence can say it all, and the types say the rest.
    if function.__name__ not in whogains.__all__ and statements(function) <= 4:
        return
    signature = inspect.signature(function)
    assert set(signature.parameters) <= named(text)
    gives = signature.return_annotation not in {None, "None"}
    assert not gives or sections(text) & {"Returns", "Yields"}


def test_help_lists_every_verb_with_a_line():
    text = pydoc.plain(pydoc.render_doc(whogains))
    for name in whogains.__all__:
        if inspect.isfunction(getattr(whogains, name)):
            assert re.search(rf"^ {{4}}(\w+, )*{name}(, \w+)* : \S.*\.$", text, re.MULTILINE), name
