"""What people hold: every result has the same methods, and each of them runs."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.report import as_table, before_after_table, chart_files, curve_table
from whogains.results import Changes, Findings, Plan, Result

METHODS = {
    "of", "table", "to_dict", "to_json", "to_html", "to_pdf", "to_text", "to_markdown", "to_csv",
    "plot", "log_mlflow",
}  # fmt: skip
CHARTS = {
    "findings": {"gains", "tradeoff", "limits", "differences"},
    "changes": {"changes"},
    "plan": {"limits"},
}
# What is written, and what reads it back as text in Markdown.
ATTACKS = {
    "a|b": r"a\|b",
    "<script>": "&lt;script&gt;",
    "[x](javascript:y)": r"\[x\](javascript:y)",
    "**bold** `code`": r"\*\*bold\*\* \`code\`",
    "https://x.y": r"https:\//x.y",
    "www.x.y": r"www\.x.y",
    "line\n# title": r"line \# title",
    "- item": r"\- item",
}


def changed(first, second):
    return wg.diff(first, second)


@pytest.fixture
def results(make):
    """One result of each kind."""
    return {
        "findings": make(),
        "changes": changed(make(), make(sizes=[900] * 8)),
        "plan": wg.plan(n=[900, 400], sd=[0.8, 0.7], epsilon=0.05, groups=["a", "b"]),
    }


def public(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


def test_all_results_have_the_same_methods():
    assert public(Result) == METHODS
    for kind in (Findings, Changes, Plan):
        for name in METHODS | {"_repr_html_", "__str__"}:
            # No second way: a result overrides none of them.
            assert name not in vars(kind)
            assert getattr(kind, name) is not None


@pytest.mark.parametrize("kind", CHARTS)
def test_every_method_runs(results, kind, tmp_path):
    result = results[kind]
    assert json.loads(result.to_json(tmp_path / "a.json"))["schema"] == 1
    assert result.to_dict() == json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    page = result.to_html(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page
    assert page.startswith("<!DOCTYPE html>")
    assert result._repr_html_().startswith("<iframe")
    assert str(result) == result.to_text() == result.to_text(80)
    assert max(map(len, result.to_text(60).splitlines())) <= 60
    assert result.to_markdown().startswith("# ")
    assert result.to_csv(tmp_path / "a.csv") == (tmp_path / "a.csv").read_bytes().decode()
    assert public(result.plot) - set(type(result.plot).__dataclass_fields__) == CHARTS[kind]
    assert type(result).of(result) == result


@pytest.mark.parametrize("kind", CHARTS)
def test_csv_is_the_table(results, kind):
    table = as_table(results[kind])
    rows = list(csv.reader(StringIO(results[kind].to_csv())))
    assert rows[0] == list(table.columns)
    assert len(rows) == 1 + len(table)
    assert len(table) > 1
    for name in table.select_dtypes(float):
        read = [float(row[rows[0].index(name)] or "nan") for row in rows[1:]]
        np.testing.assert_array_equal(read, table[name])


@pytest.mark.parametrize(
    ("kind", "name"), [("changes", "changes"), ("plan", "limits"), ("findings", "limits")]
)
def test_charts_save_without_a_browser(results, kind, name, tmp_path):
    chart = getattr(results[kind].plot, name)()
    for end, head in (("png", b"\x89PNG"), ("svg", b"<svg")):
        chart.save(tmp_path / f"chart.{end}")
        chart_files.save(chart, tmp_path / f"same.{end}")
        for file in (f"chart.{end}", f"same.{end}"):
            assert (tmp_path / file).read_bytes().startswith(head)


def test_changes_are_drawn_with_both_benefits_and_their_intervals(results):
    changes = results["changes"]
    cost = changes.costs[1]
    table = before_after_table(cost)
    assert len(table) == 2 * len(cost.groups)
    for j, group in enumerate(cost.groups):
        before, after = table.iloc[2 * j], table.iloc[2 * j + 1]
        assert (before["audit"], after["audit"]) == ("before", "after")
        assert (before["n"], after["n"]) == (group.n_before, group.n_after)
        assert (before["bop"], after["bop"]) == (group.bop.before, group.bop.after)
        assert tuple(before[["ci_low", "ci_high"]]) == group.bop.ci_before
        assert tuple(after[["ci_low", "ci_high"]]) == group.bop.ci_after
    chart = changes.plot.changes(1)
    drawn = [rows for rows in chart.to_dict()["datasets"].values() if "audit" in rows[0]]
    assert [row["bop"] for row in drawn[0]] == table["bop"].tolist()
    picture = chart_files.to_svg(chart)
    for group in cost.groups:
        assert group.label in picture
        assert group.words in picture
    with pytest.raises(InputError, match="there is no cost 3; the audits share 3"):
        changes.plot.changes(3)


def test_the_limits_of_a_plan_are_drawn_from_its_curve(results):
    plan = results["plan"]
    table = curve_table(plan.curve)
    assert tuple(table["epsilon"]) == plan.curve.epsilon
    assert tuple(table["below"]) == plan.curve.below
    chart = plan.plot.limits().to_dict()
    drawn = [row for rows in chart["datasets"].values() for row in rows if "bound" in row]
    for bound, name in (("no test errs less", "below"), ("a test errs at most this", "above")):
        seen = [row["error"] for row in drawn if row["bound"] == bound]
        assert seen == table[name].tolist()
    assert f"epsilon, 0.05: {plan.limits.verdict}" in chart["title"]["subtitle"]
    marks = [row for rows in chart["datasets"].values() for row in rows if "words" in row]
    assert marks == [{"error": 0.25, "epsilon": 0.05, "words": "tolerated"}]


def test_a_plan_without_epsilon_has_no_upright_line(results):
    asked = results["plan"].plot.limits().to_dict()
    plain = wg.plan(n=[900, 400], sd=[0.8, 0.7]).plot.limits()
    assert len(plain.to_dict()["layer"]) == len(asked["layer"]) - 1
    assert "No epsilon was asked about." in chart_files.to_svg(plain)


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_in_the_markdown_of_changes_are_text(make, attack):
    found = make([{"sex": attack}], explainer=None, target=attack)
    text = replace(changed(found, found), notes=(attack,)).to_markdown()
    assert text.startswith(f"# What changed? {ATTACKS[attack]}\n")
    assert f"\n| {ATTACKS[attack]} | " in text
    assert f"\n- {ATTACKS[attack]}\n" in text
    assert f"| {attack} |" not in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_in_the_markdown_of_a_plan_are_text(attack):
    text = wg.plan(n=[900, 400], sd=[0.8, 0.7], epsilon=0.05, groups=[attack, "b"]).to_markdown()
    assert f"\n| {ATTACKS[attack]} | 900 | " in text
    assert f"| {attack} |" not in text


@pytest.mark.parametrize("groups", [1, 64])
def test_every_row_of_the_markdown_has_every_cell(make, groups):
    found = make([{"sex": f"|{j}"} for j in range(groups)])
    plan = wg.plan(n=[900] * groups, sd=[0.8] * groups, groups=[f"|{j}" for j in range(groups)])
    changes = changed(found, found).to_markdown()
    for text, tables, columns in ((changes, 3, 6), (plan.to_markdown(), 1, 7)):
        rows = [line.replace(r"\|", "") for line in text.splitlines() if line.startswith("|")]
        assert {row.count("|") for row in rows} == {columns + 1}
        assert len(rows) == tables * (groups + 2)


def test_names_in_the_chart_of_changes_are_values(make):
    attacks = ("a.b[0]", "</svg><script>", "datum.x + 1", "\x1b[31m", "same", "same ", "")
    found = make([{"sex": attack} for attack in attacks], unit="".join(attacks))
    chart = changed(found, found).plot.changes()
    shown = chart.to_dict()
    drawn = [rows for rows in shown.pop("datasets").values() if "place" in rows[0]]
    assert {len(rows) for rows in drawn} == {len(attacks), 2 * len(attacks)}
    assert "Expr" not in json.dumps(shown)
    assert "<script>" not in chart_files.to_svg(chart)


def test_groups_of_one_audit_only_are_drawn(make):
    first, second = make([{"sex": "f"}, {"sex": "m"}]), make([{"sex": "f"}, {"sex": "x"}])
    table = before_after_table(changed(first, second).costs[0])
    assert table["bop"].isna().sum() == 2
    picture = chart_files.to_svg(changed(first, second).plot.changes())
    for name in ("f", "m", "x"):
        assert f">{name}<" in picture or f">sex {name}<" in picture or f"{name}</text>" in picture


def test_an_empty_comparison_can_be_drawn(make):
    none = make([])
    assert chart_files.to_svg(changed(none, none).plot.changes())
