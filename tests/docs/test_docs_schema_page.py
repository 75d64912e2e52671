"""The reference of the JSON files holds every key of every schema, with what it means."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def keys(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find every key that a schema describes, however deep."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for word, each in schema.items():
            # What holds under a condition describes no key.
            if word not in {"if", "then", "else"}:
                yield from keys(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from keys(each)


@pytest.fixture(scope="module")
def page() -> str:
    place = ROOT / "scripts" / "schema_page.py"
    spec = importlib.util.spec_from_file_location("schema_page", place)
    module = sys.modules["schema_page"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.schema_reference())


@pytest.mark.parametrize("name", ["audit", "choice", "watch"])
def test_every_key_stands_in_a_table_with_its_meaning(page: str, name: str) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / f"{name}.schema.json").read_text("utf-8"))
    part = page.split(f"({name}-json)=")[1].split("-json)=", maxsplit=1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in part.splitlines()
        if "| `" in line
    ]
    found = list(keys(schema))
    assert len(found) > 30
    for key, described in found:
        mine = [row for row in rows if row[0] == f"`{key}`"]
        assert mine, key
        if "$ref" not in described:
            assert described.get("description"), key
    assert len(rows) == len(found)
    # Every link leads to a section.
    for link in set(part.split("](#")[1:]):
        assert f"({link.split(')')[0]})=" in part
