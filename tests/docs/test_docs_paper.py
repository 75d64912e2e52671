"""The pages on the paper name only what exists, and document every key that is written."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

from whogains.limits import paper_bound
from whogains.study import (
    GroupFits,
    Reproduction,
    SeedNoise,
    StudyResult,
    k_max_lines,
    results,
    theirs,
)

DOCS = Path(__file__).parents[2] / "docs"
PAPER, REPRODUCE = DOCS / "paper.md", DOCS / "reproduce.md"
NAMES = {
    name
    for page in (PAPER, REPRODUCE)
    for name in re.findall(r"`(whogains(?:\.\w+)+)`", page.read_text("utf-8"))
}


def found(name):
    """Import as much of a dotted name as is a module, but the last part, and look up the rest."""
    parts = name.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            module = import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[split:], module)
    raise AssertionError(name)


def test_the_pages_name_what_they_map():
    assert len(NAMES) > 30
    assert "whogains.limits.paper_bound" in NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_exists(name):
    assert callable(found(name))


def test_a_name_that_does_not_exist_is_noticed():
    with pytest.raises(AttributeError):
        found("whogains.limits.no_such_bound")


@pytest.mark.parametrize("page", [PAPER, REPRODUCE, DOCS / "divergence.md"])
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    local = [link for link in links if not link.startswith("https://")]
    assert local
    assert [link for link in local if not (DOCS / link).is_file()] == []


WRITTEN = (
    Reproduction,
    StudyResult,
    SeedNoise,
    GroupFits,
    results.StudyCost,
    results.StudyGroup,
    results.StudyLimits,
    results.RuleAndTest,
    results.RuleSummary,
    results.NoiseSummary,
    results.MostLine,
    results.ErrorLine,
    theirs.Theirs,
)


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_key_is_documented(kind):
    assert is_dataclass(kind)
    text = REPRODUCE.read_text("utf-8")
    known = set(re.findall(r"`(?:\w+(?:\[\])?\.)*(\w+)(?:\[\])?`", text))
    # What the authors' groups and effects hold is told by their docstrings.
    missing = {field.name for field in fields(kind)} - known - {"source"}
    assert not missing


def test_the_page_has_the_numbers_that_the_limits_give():
    text = PAPER.read_text("utf-8")
    group = theirs.limits_on_theirs().groups[3]
    effects = {each.epsilon: each for each in theirs.limits_on_theirs().effects}
    assert f"standard error is {group.se:.4f}".replace("0.", ".") in text
    assert f"p = {group.p_gain:.2f}".replace("0.", ".") in text
    assert f"at least {effects[0.005].below:.3f}".replace("0.", ".") in text
    assert effects[0.03].verdict == "untestable"
    assert effects[0.05].verdict == "testable"
    assert all(f"{line.world:.2f}" in text for line in k_max_lines()[:4])


def short(value, digits):
    return f"{value:.{digits}f}".replace("0.", ".", 1)


def test_the_page_compares_the_versions_by_what_the_bounds_are():
    text = PAPER.read_text("utf-8")
    sizes = [group.n for group in theirs.published()[:4]]
    families = ("categorical_v1", "categorical")
    for epsilon in (0.002, 0.005, 0.01):
        first, third = (paper_bound(sizes, epsilon, family=each).value for each in families)
        row = f"| {short(epsilon, 3).rstrip('0')} | {short(first, 3)} | {short(third, 3)} |"
        assert row in text
        assert short(third, 4) in text
        half = paper_bound(sizes, epsilon / 2, family="categorical_v1").value
        assert half == pytest.approx(float(third), abs=1e-12)
    # Untestable by version 3, not excluded by version 1.
    assert first < 0.25 < third
    for each in theirs.published_steps():
        assert short(each.gamma, 4) in text
