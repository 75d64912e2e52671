"""Saved audits that were changed are refused in one line, or can be shown in every form."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import whogains as wg
from whogains.api import from_dict
from whogains.cli import main
from whogains.errors import InputError


def audit() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    y, (p0, p1) = rng.integers(0, 2, 90), rng.random((2, 90))
    found = wg.compare(y, generic=p0, personalized=p1, groups={"g": list("abb") * 30})
    content: dict[str, Any] = json.loads(json.dumps(found.to_dict()))
    return content


def test_an_audit_of_nothing_passes_no_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**audit(), "costs": []}))
    for gate in ("harm", "not-gain"):
        assert main(["report", str(tmp_path / "a.json"), "--fail-on", gate]) == 2
        assert "no audit of anything" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("costs", 0, "groups", 0, "p_gain"), -0.1),
        (("costs", 0, "groups", 0, "n"), -5),
        (("costs", 0, "groups", 0, "ci"), [1.0, -1.0]),
        (("costs", 0, "groups", 0, "bop"), float("inf")),
        (("costs", 0, "groups", 0, "group"), {"g": "b"}),
        (("costs", 0, "groups", 0, "group"), {"h": "a"}),
        (("costs", 0, "groups"), []),
        (("costs", 0, "gamma", "group"), {"g": "z"}),
        (("costs", 0, "epsilon"), 0.0),
        (("costs", 0, "differences", 0, "share"), [0.2] * 5),
        (("costs", 1, "name"), "zero_one"),
        (("profiles", 0, "generic", "low"), [None]),
        (("settings", "alpha"), 5),
        (("data", "rows"), 10**400),
    ],
)
def test_what_no_audit_can_hold_is_refused(place: tuple[Any, ...], value: Any) -> None:
    content = audit()
    within: Any = content
    for key in place[:-1]:
        within = within[key]
    within[place[-1]] = value
    with pytest.raises(InputError, match="is not a whole audit"):
        from_dict(content)


def test_a_changed_audit_is_refused_or_shown() -> None:
    found, rng = audit(), random.Random(3)
    others = (None, -5, 0, 1e300, "x", True, [], {}, [1], 0.5, "1", 10**30, -1.0, "\udcff", 3)

    def changed(value: Any) -> Any:
        if isinstance(value, dict | list) and value and rng.random() < 0.95:
            copy: Any = value.copy()
            key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
            copy[key] = changed(value[key])
            return copy
        return rng.choice(others)

    read = 0
    for _ in range(250):
        other = changed(found)
        with suppress(InputError):
            shown = from_dict(other)
            read += 1
            shown.to_text()
            shown.to_markdown()
            shown.table()
            wg.diff(from_dict(found), shown).to_text()
    assert read > 10
