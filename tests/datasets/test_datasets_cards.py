"""The data cards say what the loaders do."""

from __future__ import annotations

from pathlib import Path

import pytest

from whogains.datasets.heart_cleveland import COLUMNS, COMPLETE, LEVELS
from whogains.datasets.hsls_columns import CATEGORIES, SCALES
from whogains.datasets.mimic3_items import MEASUREMENTS, Measurement

CARDS = Path(__file__).parents[2] / "docs" / "data"


def card(name: str) -> str:
    return (CARDS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("each", MEASUREMENTS, ids=lambda each: each.name)
def test_every_measurement_is_in_the_card(each: Measurement) -> None:
    items = ", ".join(
        f"{item} (°F)" if item in each.fahrenheit else str(item) for item in each.items
    )
    row = f"| `{each.name}` | {each.unit or 'none'} | {each.low:g} to {each.high:g} | {items} |"
    assert row in card("mimic3")


def test_items_stand_for_one_measurement_each() -> None:
    items = [item for each in MEASUREMENTS for item in each.items]
    assert len(items) == len(set(items))
    assert all(set(each.fahrenheit) <= set(each.items) for each in MEASUREMENTS)
    assert len(MEASUREMENTS) == 26


def test_every_feature_of_heart_disease_is_in_the_card() -> None:
    text = card("heart")
    for place, name in enumerate(COLUMNS, start=1):
        if name not in COMPLETE:
            assert f"| `{name}` | {place}, " in text
    for codes in LEVELS.values():
        assert ", ".join(f"{code} {word}" for code, word in codes.items()) in text


def test_every_feature_of_hsls_is_in_the_card() -> None:
    text = card("hsls")
    for variable, name in SCALES.items():
        assert f"| `{name}` | {variable} |" in text
    for variable, (name, _) in CATEGORIES.items():
        assert f"| `{name}` | {variable} |" in text
    table = text.split("## Features")[1].split("\n## ")[0]
    assert table.count("| X1") == len(SCALES) + 1 + len(CATEGORIES)
