"""The commands and calls whose outputs `same_numbers.py` compares.

Nothing here knows what is inside the package: only its commands, the names that it exports, and
the methods of what they return.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# One case a line: its name, which is its folder, and its words after `whogains`. A star behind the
# name: its sums are those of a scan, whose threads may add them up in another order in each run.
COMMANDS = """
demo-systolic            demo --out . {all}
demo-hypertension        demo hypertension --out . {all}
demo-linear              demo --out . --model linear --keep 0.2,0.5,3 --epsilon 3 {all}

audit                    {audit} --target died --drop person {all}
audit-linear-keeps       {linear} --target died --explainers linear_shap,occlusion --keep 0.2,0.5,3 --baseline zeros --signed --change squared {all}
audit-groups             {linear} --target died --groups sex,ward --baseline 15 --feature-groups x0=lab,x1=lab --positive no --folds 3 --seed 7 --json out.json
audit-permutation        {few} --target died --model linear --explainers permutation_shap:2 --explainer-repeats 2 {all}
audit-mlp                {few} --target pressure --model mlp --explainers integrated_gradients:4 --json out.json
audit-clusters-weights   {linear} --target pressure --unit mmHg {both} {r2} {all}
audit-settings           {linear} --target died --costs zero_one,auc {settings} {all}
audit-epsilons           audit ../data/people.csv --personal ward {features} --target pressure --model linear --epsilon squared_error=4,absolute_error=.2 --json out.json
audit-fitted             audit ../data/people.csv --personal age {features} --target died --groups sex {models} --json out.json
audit-checkpoint         {linear} --target died --explainers occlusion --checkpoint kept --json out.json
audit-json               {linear} --target died --explainers none --json -
audit-fail-on            {linear} --target pressure --explainers none --fail-on not-gain

compare                  {memory} {died} {all}
compare-csv              compare ../data/people.csv {died} --json out.json
compare-parts            compare ../data/parts {died} --json out.json
compare-auc              {memory} {died} {auc} --positive no --json out.json
compare-r2               {memory} {pressure} {r2} --json out.json
compare-both             {memory} {died} {both} {auc} --json out.json
compare-both-r2          {memory} {pressure} {both} {r2} {all}
compare-settings         {memory} {died} {settings} --json out.json
compare-hidden           {memory} {pressure} --min-cell 120 {all}
compare-fail-on          {memory} {died} --quiet --fail-on harm
compare-t                {memory} {died} --method t --json out.json
compare-score            {memory} {died} --costs zero_one --method score --json out.json
compare-bootstrap        {memory} {pressure} --method bootstrap --json out.json
compare-betting          {memory} {died} --costs zero_one,brier --method betting {all}

scan*                    {scan} {died} {all}
scan-csv*                compare ../data/people.csv --rows-in-memory 0 {died} --json out.json
scan-parts*              compare ../data/parts --rows-in-memory 0 {died} --json out.json
scan-auc*                {scan} {died} {auc} --positive no --json out.json
scan-r2*                 {scan} {pressure} {r2} --json out.json
scan-both*               {scan} {died} {both} {auc} {all}
scan-both-r2*            {scan} {pressure} {both} {r2} --json out.json
scan-settings*           {scan} {died} {settings} --json out.json
scan-hidden*             {scan} {pressure} --min-cell 120 {all}
scan-fail-on*            {scan} {died} --quiet --fail-on harm

error-cell               evidence ../data/ours.parquet {died} -o out.evidence
ours*                    evidence ../data/ours.parquet {died} --min-cell 0 -o out.evidence
theirs*                  evidence ../data/theirs.parquet {died} --min-cell 0 -o out.evidence
ours-both*               evidence ../data/ours.parquet {pressure} {both} --min-cell 0 -o out.evidence
theirs-both*             evidence ../data/theirs.parquet {pressure} {both} --min-cell 0 -o out.evidence
merge*                   merge ../ours/out.evidence ../theirs/out.evidence -o out.evidence {all}
merge-both*              merge ../ours-both/out.evidence ../theirs-both/out.evidence --disjoint-clusters --epsilon 1 {settings} --json out.json
merge-undeclared         merge ../ours-both/out.evidence ../theirs-both/out.evidence
merge-unlike             merge ../ours/out.evidence ../ours-both/out.evidence

plan                     {plan} --sd .78,.88,.74,.82 --epsilon .02 {all}
plan-disagreement        {plan} --disagreement .2 --epsilon .02 --groups 'a,=b,<i>c</i>,d' --shares .4,.3,.2,.1 {all}
plan-design              {plan} --design-effect 2.5 --epsilon .05 --convention sum --tolerated-error .4 --power .9 --family laplace --json out.json
plan-open                plan --n 40,60 --alpha .1 {all}
plan-json                {plan} --sd .8 --epsilon .02 --json -

report                   report ../demo-systolic/audit.json {all}
report-scan*             report ../scan-both/out.json {all}
report-fail-on           report ../demo-systolic/audit.json --quiet --fail-on not-gain
diff                     diff ../demo-systolic/audit.json ../demo-linear/audit.json {all}
diff-settings            diff ../compare/out.json ../compare-settings/out.json {all}
diff-json                diff ../compare/out.json ../audit/out.json --json -

predict                  predict ../data/people.parquet -o out.parquet --personal age {features} --target died --keep-columns sex,weight --batch-rows 200 {models}
predict-compare          compare ../predict/out.parquet --target died --generic generic --personalized personalized --groups sex --json out.json
reproduce                reproduce --quick --network small --explainers none --folds 2 --out . --json -

help                     --help
help-demo                demo --help
help-audit               audit --help
help-predict             predict --help
help-compare             compare --help
help-evidence            evidence --help
help-merge               merge --help
help-plan                plan --help
help-report              report --help
help-diff                diff --help
help-reproduce           reproduce --help

error-no-command
error-command            nonsense
error-column             {memory} --target dead --generic p0 --personalized p1 --groups sex
error-file               compare ../data/nothing.parquet {died}
error-epsilon-name       {memory} {died} --epsilon briar=.1
error-epsilon-form       {memory} {died} --epsilon brier:.1
error-scan-cost          {scan} {died} --costs squared_error
error-scan-weight        {scan} {died} --weight x0
error-weight             {memory} {died} --weight x0
error-alpha              {memory} {died} --alpha 2
error-positive           {memory} {died} --positive maybe
error-method             {memory} {died} --method magic
error-correction         {memory} {died} --correction none
error-groups             {memory} {died} --max-groups 3
error-folder             {memory} {died} --html no/such/folder.html
error-chances            {memory} --target died --generic x0 --personalized p1 --groups sex
error-explainer          {linear} --target died --explainers magic
error-model              {audit} --target died --model magic
error-keep               {linear} --target died --keep 9
error-target             {linear} --target ward
error-personal           {linear} --target died --groups magic
error-report             report ../plan/out.json
error-diff               diff ../audit/out.json ../plan/out.json
error-merge              merge ../plan/out.json
error-plan-sizes         plan --n 0,10
error-plan-spreads       plan --n 10,20 --sd 1,2,3
error-plan-nothing       plan
"""  # noqa: E501 - a command is a line

WORDS = {
    "all": "--json out.json --html out.html",
    "features": "--features x0,x1,x2,x3",
    "audit": "audit ../data/people.csv --personal sex,origin --features x0,x1,x2,x3",
    "linear": "audit ../data/people.csv --personal sex,origin --features x0,x1,x2,x3 "
    "--model linear",
    "few": "audit ../data/few.csv --personal sex --features x0,x1 --folds 2 --min-cell 0",
    "models": "--generic-model ../data/generic.skops "
    "--personalized-model ../data/personalized.skops",
    "memory": "compare ../data/people.parquet",
    "scan": "compare ../data/people.parquet --rows-in-memory 0",
    "died": "--target died --generic p0 --personalized p1 --groups sex,origin",
    "pressure": "--target pressure --generic r0 --personalized r1 --groups sex,origin",
    "both": "--cluster person --weight weight",
    "auc": "--costs zero_one,brier,log_loss,auc",
    "r2": "--costs squared_error,absolute_error,r2",
    "settings": "--margin .02 --rule paper --convention sum --correction all_costs --alpha .1 "
    "--power .9",
    "plan": "plan --n 4111,1662,5465,2099",
}

# Folders, files and streams that are no output: they hold digests of settings, or times.
IGNORED = {"audit-checkpoint": ("kept",), "reproduce": ("audits", "stderr")}


@dataclass(frozen=True)
class Case:
    """One run: a command line, or a function of the package that writes into the folder it is in.

    Parameters
    ----------
    name : str
        Its folder; later cases find its files in ``../name``.
    does : str or callable
        The words after ``whogains``, or the function.
    scan : bool
        Whether threads add up its sums, so that last digits may differ from run to run of one and
        the same program.
    ignored : tuple of str
        Files, folders and streams that are no output.
    """

    name: str
    does: str | Callable[[Any], None]
    scan: bool = False
    ignored: tuple[str, ...] = ()


def cases() -> list[Case]:
    """List all cases, each after those whose files it reads.

    Returns
    -------
    list of Case
        Commands, then calls of Python.
    """
    found = []
    for line in filter(None, COMMANDS.splitlines()):
        name, _, words = line.partition(" ")
        scan, name = name.endswith("*"), name.rstrip("*")
        found.append(Case(name, words.strip().format(**WORDS), scan, IGNORED.get(name, ())))
    for call in CALLS:
        name = f"python{call.__name__.replace('_', '-')}"
        found.append(Case(name, call, scan=call is _gather))
    return found


def _put(name: str, text: object) -> None:
    Path(name).write_text(str(text), encoding="utf-8")


def _all_of(found: Any, stem: str) -> None:
    """Write whatever an audit's or comparison's object gives."""
    _put(f"{stem}.md", found.to_markdown())
    _put(f"{stem}.csv", found.to_csv())
    _put(f"{stem}.json", found.to_json())
    _put(f"{stem}.html", found.to_html())
    _put(f"{stem}.txt", f"{found}\n{found!r}\n{found.to_text(width=60)}")
    _put(f"{stem}.notebook.html", found._repr_html_())  # what notebooks call
    _put(f"{stem}.table.csv", found.table(every=True).to_csv())
    _put(f"{stem}.gamma.csv", found.gamma().to_csv())


def _methods(wg: Any) -> None:
    for name in ("demo-systolic", "demo-hypertension", "audit-settings", "compare-hidden"):
        saved = next(Path("..", name).glob("*.json"))
        found = wg.read_json(saved)
        if wg.read_json(saved) != found:
            raise ValueError(f"{saved} read twice is not the same")
        _all_of(found, name)


def _methods_of_changes(wg: Any) -> None:
    before, after = (wg.read_json(f"../{n}/audit.json") for n in ("demo-systolic", "demo-linear"))
    changes = wg.diff(before, after)
    _put("out.txt", f"{changes}\n{changes!r}\n{changes.to_text(width=60)}")
    _put("out.json", changes.to_json())
    _put("out.csv", changes.table().to_csv())
    _put("out.html", changes.to_html())


def _compare_arrays(wg: Any) -> None:
    rows = pd.read_parquet("../data/people.parquet")
    groups = rows[["sex", "origin"]]
    _all_of(
        wg.compare(rows["died"], generic=rows["p0"], personalized=rows["p1"], groups=groups), "a"
    )
    _all_of(
        wg.compare(
            rows["pressure"].to_numpy(),
            generic=rows["r0"].to_numpy(),
            personalized=rows["r1"].to_numpy(),
            groups={"sex": rows["sex"].tolist()},
            cluster=rows["person"],
            sample_weight=rows["weight"],
            costs=["squared_error", "r2"],
            margin=1.0,
        ),
        "b",
    )


def _audit_arrays(wg: Any) -> None:
    from sklearn.linear_model import LinearRegression

    rows = pd.read_csv("../data/people.csv").dropna()
    features, age = rows[["x0", "x1", "x2"]], rows[["age"]]
    fit, rest = slice(0, 300), slice(300, None)
    both = pd.concat([features, age], axis=1)
    generic = LinearRegression().fit(features[fit], rows["pressure"][fit])
    personalized = LinearRegression().fit(both[fit], rows["pressure"][fit])
    common = {"personal": age[rest], "groups": rows[["sex"]][rest], "unit": "mmHg"}
    given = features[rest], rows["pressure"][rest]
    _all_of(wg.audit(*given, generic=generic, personalized=personalized, **common), "fitted")
    functions = {
        "generic": lambda X: np.asarray(X)[:, 0] * 9 + 120,
        "personalized": lambda X: np.asarray(X)[:, 0] * 9 + np.asarray(X)[:, 3] / 10 + 115,
    }
    _all_of(wg.audit(*given, **functions, explainers=["occlusion"], keep=[1, 2], **common), "given")


def _gather(wg: Any) -> None:
    options = {"target": "died", "generic": "p0", "personalized": "p1", "groups": ["sex"]}
    gathered = wg.gather("../data/people.parquet", **options)
    gathered.save("out.evidence")
    _all_of(gathered.findings(wg.Settings(epsilon=0.02, min_cell=20)), "gathered")
    _all_of(wg.merge(["out.evidence"]).findings(), "merged")
    frame = pd.read_parquet("../data/people.parquet")
    _all_of(wg.compare_files(frame, rows_in_memory=0, **options), "frame")


def _plan(wg: Any) -> None:
    made = wg.plan(n=[4111, 1662, 5465, 2099], sd=[0.78, 0.88, 0.74, 0.82], epsilon=0.02)
    _put("out.json", json.dumps(made.to_dict(), indent=1))


def _charts(wg: Any) -> None:
    plots = wg.read_json("../demo-systolic/audit.json").plot
    for name in ("gains", "tradeoff", "limits", "differences"):
        getattr(plots, name)().save(f"{name}.svg")


CALLS = (
    _methods,
    _methods_of_changes,
    _compare_arrays,
    _audit_arrays,
    _gather,
    _plan,
    _charts,
)
