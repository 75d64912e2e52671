"""The reference of the JSON files, made from their schemas: a table for each object."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "schema"
# The files, and what writes them.
WRITERS = {
    "audit": "`whogains audit`, `compare`, `merge`, `demo`",
    "choice": "`whogains choose`",
    "watch": "`whogains watch`",
}
LIMITS = {
    "minimum": "from {}",
    "exclusiveMinimum": "above {}",
    "maximum": "to {}",
    "exclusiveMaximum": "below {}",
}


def schema_reference(folder: Path = FOLDER) -> str:
    """Describe every key of every JSON file.

    Parameters
    ----------
    folder : Path
        Where the schemas lie.

    Returns
    -------
    str
        Markdown: a section for each file, and in it a table for each object.
    """
    parts = []
    for name in WRITERS:
        schema = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
        parts += [
            f"({name}-json)=",
            f"## {schema['title']}",
            written_by(name, schema["description"]),
            *_object(name, "", schema),
        ]
        for key, each in schema.get("$defs", {}).items():
            parts += [f"({_anchor(name, key)})=", f"### `{name}`: {key}"]
            parts += [text(each["description"])] if "description" in each else []
            parts += _object(name, key, each) or [_kind(name, each)]
    return "\n\n".join(parts) + "\n"


def written_by(name: str, description: str) -> str:
    """Say what writes a file, and where its schema lies."""
    file = f"{name}.schema.json"
    return (
        f"Written by {WRITERS[name]}; for machines: [{file}](../schema/{file}). {text(description)}"
    )


def _object(file: str, path: str, schema: dict[str, Any]) -> list[str]:
    """Describe the keys of an object, and after it the objects in it."""
    keys = schema.get("properties")
    if not keys:
        return []
    must = schema.get("required", [])
    rows = ["| key | what it is | meaning |", "|---|---|---|"]
    inside: list[str] = []
    for key, each in keys.items():
        here = f"{path}.{key}" if path else key
        kind = _kind(file, each) + ("" if key in must else "; may be left out")
        rows.append(f"| `{key}` | {kind} | {text(each.get('description', ''))} |")
        inner = each.get("items", each)
        inner = inner if isinstance(inner, dict) else {}
        if "properties" in inner:
            inside += [f"({_anchor(file, here)})=", f"### `{file}`: `{here}`"]
            inside += _object(file, here, inner)
        for other in each.get("anyOf", []):
            if "properties" in other:
                inside += [f"({_anchor(file, here)})=", f"### `{file}`: `{here}`"]
                inside += _object(file, here, other)
    return ["\n".join(rows), *inside]


def _anchor(file: str, path: str) -> str:
    return f"{file}-{path}".replace(".", "-").replace("_", "-").lower()


def _kind(file: str, schema: dict[str, Any]) -> str:
    """Say what a value may be."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(file, name)})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join("null" if each is None else f'"{each}"' for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(file, each) for each in schema["anyOf"]))
    types = schema.get("type", "anything")
    names = types if isinstance(types, list) else [types]
    said = " or ".join(
        _list(file, schema) if each == "array" else {"boolean": "true or false"}.get(each, each)
        for each in names
    )
    limits = [words.format(schema[key]) for key, words in LIMITS.items() if key in schema]
    return " ".join([said, *limits])


def _list(file: str, schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"list: {', '.join(_kind(file, each) for each in schema['prefixItems'])}"
    items = schema.get("items")
    low, high = schema.get("minItems"), schema.get("maxItems")
    of = f" of {low}" if low is not None and low == high else ""
    return f"list{of}" + (f", each: {_kind(file, items)}" if isinstance(items, dict) else "")


def text(said: str) -> str:
    """Make one line of plain text of a table's cell."""
    line = html.escape(" ".join(said.split()), quote=False)
    for mark in "\\|*_[]{}$`":
        line = line.replace(mark, "\\" + mark)
    # Two hyphens would become a dash.
    return line.replace("--", "\\-\\-")
