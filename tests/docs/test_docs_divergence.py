"""The page of the divergence theorems says what its own code finds, and its pictures show it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "divergence.md"
SCRIPT = ROOT / "scripts" / "make_gallery.py"
COSTS = ("zero_one", "sufficiency", "incomprehensiveness")


@pytest.fixture(scope="module")
def gallery():
    spec = importlib.util.spec_from_file_location("make_gallery", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(gallery):
    return gallery.run_page()


def benefits(found):
    return {
        cost.name: {tuple(int(v) for v in group.group.values()): group.bop for group in cost.groups}
        for cost in found.costs
    }


EXACT = {
    "found_41": {
        "zero_one": {(-1,): 0, (1,): 0},
        "sufficiency": {(-1,): 0.25, (1,): 0.25},
        "incomprehensiveness": {(-1,): 0.5, (1,): 0.5},
    },
    "found_42": {
        "zero_one": {(-1,): 0, (1,): 0},
        "sufficiency": {(-1,): 0, (1,): 0},
        "incomprehensiveness": {(-1,): 0, (1,): -1},
    },
    "found_43": {
        "zero_one": {(s, t): 0 for s in (-1, 1) for t in (0, 1)},
        "sufficiency": {(-1, 0): 0.25, (1, 0): 0.25, (-1, 1): 0, (1, 1): 0},
        "incomprehensiveness": {(-1, 0): 0.5, (1, 0): 0.5, (-1, 1): 0, (1, 1): -1},
    },
}


@pytest.mark.parametrize("name", EXACT)
def test_a_theorem_holds_exactly(page, name):
    found = benefits(page[name])
    assert {cost: found[cost] for cost in COSTS} == EXACT[name]
    assert page[name].costs[0].gamma.bop == 0


def test_the_first_theorem_holds_of_both_explanation_costs(page):
    gamma = {cost.name: cost.gamma.bop for cost in page["found_41"].costs}
    found = {name: gamma[name] for name in COSTS}
    assert found == {"zero_one": 0, "sufficiency": 0.25, "incomprehensiveness": 0.5}


@pytest.mark.parametrize("b", [0.0, 0.5, 1.0, 2.0])
def test_the_additive_model_gains_as_the_page_says(page, b):
    found = benefits(page["found_44"][b])
    expected = {
        "squared_error": b**2,
        "sufficiency": -min(1, b**2),
        "incomprehensiveness": max(1, b**2) - 1,
    }
    for cost, value in expected.items():
        assert found[cost] == pytest.approx({(-1,): value, (1,): value}, abs=1e-12)
    both = expected["sufficiency"] == expected["incomprehensiveness"] == 0
    assert both == (expected["squared_error"] == 0)


def test_nothing_is_claimed_of_samples(page):
    for name in EXACT:
        verdicts = {group.verdict for cost in page[name].costs for group in cost.groups}
        assert verdicts == {"cannot tell"}


def test_the_tables_of_the_page_hold_these_values(page):
    text = PAGE.read_text("utf-8")
    numbers = {"0": 0, "1/4": 0.25, "1/2": 0.5, "-1": -1}
    rows = re.findall(
        r"^\| (0-1 loss|sufficiency|incomprehensiveness) \|(.*)\|$", text, re.MULTILINE
    )
    written = [[numbers.get(cell.strip(" *"), cell) for cell in row.split("|")] for _, row in rows]
    for place, name in enumerate(("found_41", "found_42", "found_43")):
        for cost, row in zip(COSTS, written[3 * place : 3 * place + 3], strict=True):
            values = EXACT[name][cost]
            order = sorted(values, key=lambda group: group[::-1])
            expected = [values[group] for group in order]
            assert row == ([*expected, min(expected)] if len(order) == 2 else expected)


def test_every_theorem_has_its_picture_and_it_is_up_to_date(gallery, tmp_path):
    text = PAGE.read_text("utf-8")
    pictures = re.findall(r"\]\((pictures/divergence-[0-9-]+\.svg)\)", text)
    assert len(set(pictures)) == 4
    gallery.main([str(tmp_path)])
    for picture in pictures:
        kept = (ROOT / "docs" / picture).read_text("utf-8")
        made = (tmp_path / Path(picture).name).read_text("utf-8")

        def marks(svg):
            return re.findall(r'aria-label="([^"]+)"', svg)

        assert len(marks(kept)) > 6
        assert marks(kept) == marks(made)
