"""Check saved audits: the JSON schema, and what must be true of the numbers in them.

    python scripts/check_audit.py audit.json ...

Prints one line per file, and exits with 1 if one of them is wrong. Needs jsonschema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[1] / "docs" / "schema" / "audit.schema.json"
ROUNDING = 1e-9


def problems(text: str) -> Iterator[str]:
    """Say what is wrong with an audit.

    Parameters
    ----------
    text : str
        The content of the file.

    Yields
    ------
    str
        One line for each problem; the facts are checked only where the schema holds.
    """
    try:
        audit = json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(audit)]
    yield from wrong
    if not wrong:
        for place, cost in enumerate(audit["costs"]):
            for problem in _of_cost(cost, audit):
                yield f"$.costs[{place}] ({cost['name']}): {problem}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _of_cost(cost: dict[str, Any], audit: dict[str, Any]) -> Iterator[str]:
    groups, data = cost["groups"], audit["data"]
    if [group["group"] for group in groups] != [g["group"] for g in audit["costs"][0]["groups"]]:
        yield "its groups differ from those of the first cost"
    if len({json.dumps(group["group"], sort_keys=True) for group in groups}) < len(groups):
        yield "a group is there twice"
    if any(list(group["group"]) != data["groups"] for group in groups):
        yield "a group has other attributes than data.groups"
    rows = sum(group["n"] or 0 for group in groups)
    if not rows == cost["population"]["n"] == data["rows"]:
        yield f"{rows} rows in groups, {cost['population']['n']} in all, {data['rows']} in data"
    if (cost["kind"] == "explanation") != (cost["explainer"] is not None):
        yield "an explanation cost, and no other, has an explainer"
    if cost["epsilon"] != cost["limits"]["epsilon"]:
        yield "epsilon differs from limits.epsilon"
    for group in (cost["population"], *groups):
        yield from _of_numbers(group)
    for group in groups:
        yield from _of_group(group, audit["settings"]["alpha"])
    yield from _of_gamma(cost["gamma"], groups)
    yield from _of_limits(cost["limits"], audit["settings"]["tolerated_error"])


def _of_numbers(group: dict[str, Any]) -> Iterator[str]:
    name = group.get("group", "population")
    bop, generic, personalized = (group[k] for k in ("bop", "cost_generic", "cost_personalized"))
    if None not in (bop, generic, personalized):
        size = max(abs(generic), abs(personalized), 1e-300)
        if not isclose(bop, generic - personalized, abs_tol=ROUNDING * size):
            yield f"{name}: bop {bop} is not {generic} - {personalized}"
    low, high = group["ci"]
    if None not in (low, high, bop) and group["method"] in {"t", "score"}:
        reach = ROUNDING * max(abs(low), abs(high), 1e-300)
        if not low - reach <= bop <= high + reach:
            yield f"{name}: bop {bop} is outside its interval {low} to {high}"


def _of_group(group: dict[str, Any], alpha: float) -> Iterator[str]:
    name = group["group"]
    shown = {key: group[f"p_{key}_adjusted"] for key in ("equivalent", "gain", "harm")}
    for key, adjusted in shown.items():
        bare = group[f"p_{key}"]
        if (bare is None) != (adjusted is None) or (bare is not None and adjusted < bare):
            yield f"{name}: p_{key}_adjusted {adjusted} with p_{key} {bare}"
    words = {"equivalent": "no material difference", "gain": "gain", "harm": "harm"}
    known = None not in shown.values()
    low, high = group["ci"]
    agrees = {
        "equivalent": True,
        "gain": low is None or low > 0,
        "harm": high is None or high < 0,
    }
    found = [words[key] for key, p in shown.items() if known and p <= alpha and agrees[key]]
    expected = found[0] if found else "cannot tell"
    if group["verdict"] != expected:
        yield f"{name}: the p-values say {expected!r}, not {group['verdict']!r}"
    if not known and group["n"] == 0 and group["reason"] != "too few rows":
        yield f"{name}: an empty group for the reason {group['reason']!r}"


def _of_gamma(gamma: dict[str, Any], groups: list[dict[str, Any]]) -> Iterator[str]:
    known = [group for group in groups if group["bop"] is not None]
    least = min((group["bop"] for group in known), default=None)
    if gamma["bop"] != least:
        yield f"gamma {gamma['bop']} is not the least group bop, {least}"
    elif least is not None and gamma["group"] not in [
        group["group"] for group in known if group["bop"] == least
    ]:
        yield f"gamma's group {gamma['group']} is not the one with the least bop"
    # A group that could not be tested counts as 1; one that is not shown, or empty, takes no part.
    peopled = [group for group in groups if group["n"]]
    p = max((1.0 if g["p_gain"] is None else g["p_gain"] for g in peopled), default=1.0)
    if gamma["p_every_group_gains"] != p:
        yield f"p_every_group_gains {gamma['p_every_group_gains']} is not the largest p_gain, {p}"


def _of_limits(limits: dict[str, Any], tolerated: float) -> Iterator[str]:
    below, above, curve = limits["below"], limits["above"], limits["curve"]
    if below is not None and above is not None:
        if below > above + ROUNDING:
            yield f"limits.below {below} exceeds limits.above {above}"
        verdict = "untestable" if below > tolerated else "borderline"
        verdict = "testable" if above <= tolerated else verdict
        if limits["verdict"] != verdict:
            yield f"limits say {limits['verdict']!r}, the bounds {verdict!r}"
    if curve is not None:
        lengths = {len(curve[key]) for key in ("epsilon", "paper", "weighted", "below", "above")}
        if len(lengths) > 1:
            yield "the lists of limits.curve differ in length"


def main(files: list[str]) -> int:
    """Check files and tell.

    Parameters
    ----------
    files : list of str
        Paths.

    Returns
    -------
    int
        1 if a file is wrong or none was named, else 0.
    """
    if not files:
        print("usage: python scripts/check_audit.py FILE...", file=sys.stderr)
        return 1
    failed = False
    for file in files:
        try:
            text = Path(file).read_text("utf-8")
            wrong = list(problems(text))
        except (OSError, UnicodeDecodeError) as error:
            wrong = [str(error)]
        failed |= bool(wrong)
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            print(f"{file}: WRONG: {wrong[0]}{more}")
        else:
            audit = json.loads(text)
            print(
                f"{file}: ok, {audit['data']['rows']} rows, "
                f"{len(audit['costs'][0]['groups'])} groups, {len(audit['costs'])} costs"
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
