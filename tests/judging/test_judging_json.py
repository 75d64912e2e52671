"""Findings as JSON: the schema, the way back, and what is refused."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import whogains as wg
from whogains import records
from whogains.api import from_dict
from whogains.errors import InputError, UnwritableError
from whogains.records import (
    Calibration,
    CostFinding,
    DataFinding,
    Distribution,
    GammaFinding,
    GroupFinding,
    LimitsCurve,
    LimitsFinding,
    PopulationFinding,
    Profile,
)
from whogains.results import Findings

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "audit.schema.json").read_text("utf-8"))

# The contract: keys that never go away and are never renamed.
TOP = {"schema", "version", "created", "settings", "data", "costs"}
SETTINGS = {"epsilon", "alpha", "seed", "convention"}
DATA = {"rows", "rows_dropped", "personal", "groups", "target", "task"}
COST = {"name", "kind", "explainer", "keep", "population", "gamma", "limits", "groups"}
POPULATION = {"n", "cost_generic", "cost_personalized", "bop", "ci"}
GAMMA = {"bop", "group", "ci", "p_every_group_gains", "verdict"}
LIMITS = {"epsilon", "paper", "below", "above", "detectable", "verdict"}
GROUP = {
    *("group", "n", "cost_generic", "cost_personalized", "bop", "se", "ci", "method", "test"),
    *("p_gain", "p_harm", "p_gain_adjusted", "p_harm_adjusted", "verdict", "reason", "detectable"),
}


def _classification() -> Findings:
    rng = np.random.default_rng(1)
    n = 500
    y = rng.integers(0, 2, n)
    groups = pd.DataFrame(
        {
            "sex": rng.choice(["f", "m"], n),
            "race": rng.choice(["a", "b", None], n, p=[0.5, 0.4, 0.1]),
        }
    )
    # One group has too few rows, and one that can occur has none.
    groups.loc[groups["sex"] == "m", "race"] = "a"
    groups.loc[:2, :] = ["x", "b"]
    return wg.compare(
        np.where(np.arange(n) > 490, np.nan, y),
        generic=rng.uniform(size=n),
        personalized=np.clip(0.5 + (y - 0.5) * rng.uniform(-0.2, 1, n), 0, 1),
        groups=groups,
    )


def _regression() -> Findings:
    rng = np.random.default_rng(2)
    n = 1200
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    sex = rng.choice(["f", "m"], n)
    return wg.audit(
        frame,
        pd.Series(frame["x"] + (sex == "f") + rng.normal(size=n), name="kg, net"),
        personal={"sex": sex},
        model="linear",
        explainers="permutation_shap",
        keep=[1, 0.5],
        epsilon={"squared_error": 0.2},
        cluster=np.arange(n) // 2,
        sample_weight=rng.uniform(1, 2, n),
        unit="kg",
        convention="sum",
        correction="all_costs",
        repeats=1,
        placebo=0,
    )


def _bare(judge: Callable[..., Findings]) -> Findings:
    return judge([[0.1], np.zeros(90), []], with_rows=False)


@pytest.fixture(scope="module", params=["classification", "regression", "bare", "one row"])
def found(request: pytest.FixtureRequest, judge: Callable[..., Findings]) -> Findings:
    """Give findings of every kind."""
    made: dict[str, Callable[[], Findings]] = {
        "classification": _classification,
        "regression": _regression,
        "bare": lambda: _bare(judge),
        "one row": lambda: judge([[0.5], []], cost="brier"),
    }
    return made[request.param]()


def _strict(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_findings_follow_the_schema(found: Findings) -> None:
    content = _strict(found.to_json())
    errors = [
        f"{e.json_path}: {e.message}" for e in Draft202012Validator(SCHEMA).iter_errors(content)
    ]
    assert errors == []


def test_every_key_of_the_contract_is_there(found: Findings) -> None:
    content = _strict(found.to_json())
    assert content["schema"] == 1
    assert set(content) >= TOP
    assert set(content["settings"]) >= SETTINGS
    assert set(content["data"]) >= DATA
    for cost in content["costs"]:
        assert set(cost) >= COST
        assert set(cost["population"]) >= POPULATION
        assert set(cost["gamma"]) >= GAMMA
        assert set(cost["limits"]) >= LIMITS
        for group in cost["groups"]:
            assert set(group) >= GROUP
            assert list(group["group"]) == content["data"]["groups"]


def test_the_schema_asks_for_every_key_of_the_contract() -> None:
    parts = SCHEMA["$defs"]
    assert set(SCHEMA["required"]) >= TOP
    assert set(SCHEMA["properties"]["settings"]["required"]) >= SETTINGS
    assert set(SCHEMA["properties"]["data"]["required"]) >= DATA
    for name, keys in (
        ("cost", COST),
        ("population", POPULATION),
        ("gamma", GAMMA),
        ("limits", LIMITS),
        ("group", GROUP),
    ):
        assert set(parts[name]["required"]) >= keys


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (Findings, None),
        (DataFinding, "data"),
        (CostFinding, "cost"),
        (PopulationFinding, "population"),
        (GroupFinding, "group"),
        (GammaFinding, "gamma"),
        (LimitsFinding, "limits"),
        (LimitsCurve, "curve"),
        (Distribution, "distribution"),
        (Calibration, "calibration"),
        (Profile, "profile"),
    ],
)
def test_every_key_is_in_the_schema_and_in_the_documentation(kind: type, part: str | None) -> None:
    described = SCHEMA if part is None else SCHEMA["$defs"].get(part)
    if part == "data":
        described = SCHEMA["properties"]["data"]
    if part == "curve":
        described = SCHEMA["$defs"]["limits"]["properties"]["curve"]["anyOf"][1]
    keys = {field.name for field in fields(kind)}
    assert keys <= set(described["properties"])
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    assert not [key for key in keys if f"`{key}`" not in text]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("costs", 0, "kind"), "other"),
        (("costs", 0, "groups", 0, "verdict"), "gains"),
        (("costs", 0, "groups", 0, "reason"), "tired"),
        (("costs", 0, "groups", 0, "p_gain"), 1.5),
        (("costs", 0, "groups", 0, "ci"), [0.1]),
        (("costs", 0, "gamma", "verdict"), "gain"),
        (("costs", 0, "limits", "verdict"), "maybe"),
        (("costs", 0, "epsilon"), 0),
        (("settings", "alpha"), 0.7),
        (("data", "task"), "ranking"),
        (("data", "rows"), -1),
    ],
)
def test_the_schema_refuses(path: tuple[Any, ...], value: object) -> None:
    content = _classification().to_dict()
    place: Any = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not Draft202012Validator(SCHEMA).is_valid(content)


def test_the_schema_misses_every_key_that_is_taken_out() -> None:
    content = json.loads(_classification().to_json())
    validator = Draft202012Validator(SCHEMA)
    places: list[tuple[tuple[Any, ...], set[str]]] = [
        ((), TOP),
        (("settings",), SETTINGS),
        (("data",), DATA),
        (("costs", 0), COST),
        (("costs", 0, "population"), POPULATION),
        (("costs", 0, "gamma"), GAMMA),
        (("costs", 0, "limits"), LIMITS),
        (("costs", 0, "groups", 0), GROUP),
    ]
    for path, keys in places:
        for key in keys:
            changed = copy.deepcopy(content)
            place: Any = changed
            for step in path:
                place = place[step]
            del place[key]
            assert not validator.is_valid(changed), (path, key)


def test_reading_gives_an_equal_object(found: Findings, tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    text = found.to_json(path)
    assert path.read_bytes() == text.encode("utf-8")
    again = wg.read_json(path)
    assert again == found
    assert again.to_json() == text
    assert again.table().equals(found.table())
    assert again.to_html() == found.to_html()
    assert again.to_text() == found.to_text()


def test_what_a_page_saves_without_script_is_read(
    found: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.json.gz"
    whole = gzip.compress(found.to_json().encode())
    file.write_bytes(whole)
    assert wg.read_json(file) == found
    for bad in (whole[:-20], whole[:200], whole[:10] + b"x" * 40):
        file.write_bytes(bad)
        with pytest.raises(InputError, match="audit.json.gz is not a whole gzip file"):
            wg.read_json(file)
    file.write_bytes(whole)
    monkeypatch.setattr("whogains.records.json.MOST_UNPACKED", 2**10)
    with pytest.raises(InputError, match="holds more than"):
        wg.read_json(file)


def test_keys_of_later_versions_are_passed_over(found: Findings) -> None:
    content = found.to_dict()
    content["later"] = {"a": 1}
    content["data"]["later"] = 1
    for cost in content["costs"]:
        for part in (cost, cost["population"], cost["gamma"], cost["limits"], *cost["groups"]):
            part["later"] = [1, 2]
        if cost["limits"]["curve"] is not None:
            cost["limits"]["curve"]["later"] = None
    assert from_dict(content) == found
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(json.dumps(content)))


def test_only_the_contract_is_needed_to_read(found: Findings) -> None:
    content = found.to_dict()
    for key in ("notes", "profiles"):
        content.pop(key, None)
    for cost in content["costs"]:
        cost.pop("differences", None)
        cost["limits"].pop("curve")
    again = from_dict(content)
    assert (again.notes, again.profiles) == ((), ())
    assert [cost.gamma for cost in again.costs] == [cost.gamma for cost in found.costs]
    assert "Who gains?" in again.to_text()
    assert again.to_html().startswith("<!")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("y,p\n1,2\n", "is not JSON"),
        ("[]", "is not an audit: it has no list of costs"),
        ("3", "is not an audit"),
        ('{"a": 1}', "is not an audit"),
        ('{"costs": []}', "has schema None; this version reads schema 1"),
        ('{"schema": 2, "costs": []}', "has schema 2; this version reads schema 1"),
        ('{"schema": "1", "costs": []}', "has schema '1'; this version reads schema 1"),
        ('{"schema": 1, "costs": []}', "is not a whole audit: $.version is missing"),
        ('{"schema": 1, "costs": 3}', "is not a whole audit"),
        ('{"schema": 1, "costs": {"a": 1}}', "is not a whole audit"),
    ],
)
def test_what_is_no_audit_is_said_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        wg.read_json(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["version", "created", "settings", "data", "costs"])
def test_an_audit_with_a_part_missing_or_of_another_kind(key: str) -> None:
    content = _classification().to_dict()
    with pytest.raises(InputError):
        from_dict({**content, key: 3})
    del content[key]
    with pytest.raises(InputError):
        from_dict(content)


@pytest.mark.parametrize("part", ["population", "gamma", "limits", "groups"])
def test_a_cost_with_a_part_missing_or_of_another_kind(part: str) -> None:
    content = json.loads(_classification().to_json())
    content["costs"][1][part] = [1]
    with pytest.raises(InputError, match=r"is not a whole audit: .* is (\[1\]|1), not an object"):
        from_dict(content)
    del content["costs"][1][part]
    with pytest.raises(InputError, match=rf"not a whole audit: \$\.costs\[1\]\.{part} is missing"):
        from_dict(content)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("groups", 0, "bop"), "0.1", "bop is '0.1', not a number"),
        (("groups", 0, "n"), 3.5, "n is 3.5, not a whole number"),
        (("groups", 0, "n"), True, "n is True, not a whole number"),
        (("groups", 0, "ci"), [0.1], "ci has 1 values, not 2"),
        (("groups", 0, "ci"), 0.1, "ci is 0.1, not a list"),
        (("groups", 0, "group"), {"sex": 3}, "group.sex is 3, not text"),
        (("groups", 0, "verdict"), "gains", "verdict is 'gains', not 'gain' or 'harm' or "),
        (("gamma", "group"), "m", "group is 'm', not an object"),
        (("limits", "curve"), {"epsilon": [0.1]}, "curve.paper is missing"),
        (("label",), None, "label is None, not text"),
    ],
)
def test_a_value_of_another_kind_is_named(
    path: tuple[Any, ...], value: object, message: str
) -> None:
    content = json.loads(_classification().to_json())
    place = content["costs"][0]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError) as caught:
        records.from_dict(content, "f.json")
    assert str(caught.value).startswith("f.json is not a whole audit: $.costs[0].")
    assert message in str(caught.value)


def test_places_that_cannot_be_read_or_written(tmp_path: Path, judge) -> None:
    found = judge([[0.1, 0.2], [0.3, 0.4]])
    (tmp_path / "file").write_text("x")
    for write in (found.to_json, found.to_html):
        for path in (tmp_path, tmp_path / "none" / "f", tmp_path / "file" / "f"):
            with pytest.raises(UnwritableError, match="cannot write "):
                write(path)
    with pytest.raises(InputError, match="no such file"):
        wg.read_json(tmp_path / "none.json")
    with pytest.raises(InputError, match="is a folder; name one file"):
        wg.read_json(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not JSON: it is no text in UTF-8"):
        wg.read_json(tmp_path / "bytes")


def test_names_that_are_no_text_are_written_all_the_same(tmp_path: Path, judge) -> None:
    found = judge([[0.1, 0.2], [0.3, 0.4]], names=["\udcff", "é"])
    text = found.to_json(tmp_path / "f.json")
    assert "é" in text
    assert "\\udcff" in (tmp_path / "f.json").read_text("utf-8")
    assert found.to_html(tmp_path / "f.html")
