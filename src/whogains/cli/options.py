"""The options that commands share, in the panels of their help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_MODEL = "gradient_boosting"

# The panels of the help, in this order.
DATA, MODELS, EXPLANATIONS = "Data", "Models", "Explanations"
STATISTICS, RUNNING, OUTPUT = "Statistics", "Running", "Output"


class FailOn(StrEnum):
    """Findings that turn the exit status to 1."""

    harm = "harm"
    not_gain = "not-gain"
    inferior = "inferior"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Gates:
    """The findings of --fail-on, any of which is a failure."""

    kinds: tuple[FailOn, ...]


def read_gates(text: str) -> Gates:
    """Read --fail-on: one kind of finding, or several separated by commas."""
    kinds = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name not in set(FailOn):
            allowed = ", ".join(repr(str(each)) for each in FailOn)
            raise typer.BadParameter(f"{name!r} is not one of {allowed}.")
        kinds.append(FailOn(name))
    if not kinds:
        raise typer.BadParameter("it names nothing")
    return Gates(tuple(dict.fromkeys(kinds)))


Generic = Annotated[
    str,
    typer.Option(
        help="Column of the generic model's predictions; of several classes as p0_{class}.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Personalized = Annotated[
    str,
    typer.Option(
        help="Column of the personalized model's predictions; of several classes as p1_{class}.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Target = Annotated[
    str, typer.Option(help="Column of the outcome.", show_default=False, rich_help_panel=DATA)
]
Groups = Annotated[
    str | None,
    typer.Option(
        help="Attributes whose crossing makes the groups, separated by commas.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Personal = Annotated[
    str,
    typer.Option(
        help="Attributes that the personalized model adds, separated by commas.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Features = Annotated[
    str | None,
    typer.Option(
        help="Features of the generic model; by default all columns that are not named otherwise.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Drop = Annotated[
    str | None,
    typer.Option(
        help="Columns to leave out, such as an id.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
GenericModel = Annotated[
    Path | None,
    typer.Option(
        help="Fitted generic model: .onnx or .skops. The file must then hold rows that "
        "neither model was fitted to.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
PersonalizedModel = Annotated[
    Path | None,
    typer.Option(
        help="Fitted personalized model; it gets the features, then the attributes.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
ModelOutput = Annotated[
    str | None,
    typer.Option(
        help="What an ONNX classifier with one number per row returns: logit or probability.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
TrustPickle = Annotated[
    bool,
    typer.Option(
        "--trust-pickle",
        help="Load models from pickle or joblib files, and from skops files with types that skops "
        "does not trust, such as trees. Loading one can run whatever program its maker put into "
        "it.",
        rich_help_panel=MODELS,
    ),
]
Task = Annotated[
    str | None,
    typer.Option(
        help="classification, regression, counts, (audit, compare) classes, or (compare) "
        "quantiles and survival; else judged from the target and said.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        help="The target's value that counts as 1.", show_default=False, rich_help_panel=DATA
    ),
]
Model = Annotated[
    str,
    typer.Option(
        help="Model fitted with and without the attributes: gradient_boosting, linear, mlp.",
        rich_help_panel=MODELS,
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        help="Folder that keeps what is explained, so that a killed run continues there.",
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
Folds = Annotated[int, typer.Option(help="Folds of the cross-fitting.", rich_help_panel=MODELS)]
Repeats = Annotated[
    int | None,
    typer.Option(
        help="Rounds of cross-fitting with new folds and seeds, over which numbers are averaged; "
        "from 5 on verdicts count them. Default: 5.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
Placebo = Annotated[
    int | None,
    typer.Option(
        help="Placebos per round: personalized models fitted on other people's attributes. "
        "Default: 1; 0 for none.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
Holdout = Annotated[
    float | None,
    typer.Option(
        help="Hold out this share of the rows once, as in 0.3, in place of cross-fitting: verdicts "
        "on one pair of models.",
        show_default=False,
        rich_help_panel=MODELS,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        help="Processes that fit rounds at once; -1 for one per core. Default: where it pays.",
        show_default=False,
        rich_help_panel=RUNNING,
    ),
]
Costs = Annotated[
    str | None,
    typer.Option(
        help="Prediction costs, separated by commas; all of the task's but R² by default.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Unit = Annotated[
    str | None,
    typer.Option(
        help='Unit of the target, such as "mmHg".', show_default=False, rich_help_panel=DATA
    ),
]
Weight = Annotated[
    str | None,
    typer.Option(help="Column of sample weights.", show_default=False, rich_help_panel=DATA),
]
Exposure = Annotated[
    str | None,
    typer.Option(
        help="For counts, the column of exposures (person-years, insured months): models predict "
        "rates, and rows are weighed by it. Implies --task counts.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
QuantileLevels = Annotated[
    str | None,
    typer.Option(
        "--levels",
        help="For predicted quantiles, their levels, as in 0.1,0.5,0.9; --generic and "
        "--personalized then name a column for each, as in p0_{level}. Implies --task quantiles.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Event = Annotated[
    str | None,
    typer.Option(
        "--event",
        help="For times to an event (--target), the column with 1 where it was seen then and 0 "
        "where following ended without it.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Horizons = Annotated[
    str | None,
    typer.Option(
        "--horizons",
        help="For times to an event, at which times survival is predicted, as in 365,730; "
        "--generic and --personalized then name a column for each, as in s0_{horizon}.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Column that says which rows depend on each other, such as a patient's id.",
        show_default=False,
        rich_help_panel=DATA,
    ),
]
OutcomeLabel = Annotated[
    str | None,
    typer.Option(
        help='The outcome in words, such as "a visit to a doctor", which reports call it by.',
        show_default=False,
        rich_help_panel=DATA,
    ),
]
HashData = Annotated[
    bool,
    typer.Option(
        "--hash-data",
        help="Note the SHA-256 of the data file. Who has all of the file but one value can find "
        "that value by it.",
        rich_help_panel=OUTPUT,
    ),
]
Epsilon = Annotated[
    str | None,
    typer.Option(
        help="Smallest effect that matters: a number, or zero_one=.01,brier=.005. "
        "Default: .01, or one point of R² where the cost has a unit.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Margin = Annotated[
    str | None,
    typer.Option(
        help="Loss that would still be tolerated, as for --epsilon: groups are then also tested "
        "for non-inferiority.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Threshold = Annotated[
    str | None,
    typer.Option(
        help="Probability from which on a prediction is labelled 1, for the costs of labels: a "
        "number, or 'base rate', the share of audited rows whose outcome is 1. Default: 0.5.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
CostRange = Annotated[
    str | None,
    typer.Option(
        help="Between which two numbers every row's cost is known to lie, as "
        "squared_error=0,400,absolute_error=0,20: small groups then have an exact interval, by "
        "betting.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Rule = Annotated[
    str,
    typer.Option(
        help="What decides that every group gains: intersection_union, or paper, which is no "
        "test and is there to be compared.",
        rich_help_panel=STATISTICS,
    ),
]
Alpha = Annotated[
    float,
    typer.Option(
        help="Level of tests; intervals have level 1 - alpha.", rich_help_panel=STATISTICS
    ),
]
Method = Annotated[
    str,
    typer.Option(
        help="How intervals are computed: auto, t, score, bootstrap or betting.",
        rich_help_panel=STATISTICS,
    ),
]
Correction = Annotated[
    str,
    typer.Option(
        help="What Holm's correction covers: within_cost or all_costs.", rich_help_panel=STATISTICS
    ),
]
Convention = Annotated[
    str,
    typer.Option(
        help="Error of a test: average of the two error rates, or their sum.",
        rich_help_panel=STATISTICS,
    ),
]
ToleratedError = Annotated[
    float | None,
    typer.Option(
        help="Error up to which a test is good enough. Default: halfway to guessing.",
        show_default=False,
        rich_help_panel=STATISTICS,
    ),
]
Power = Annotated[
    float,
    typer.Option(
        help="Chance of a verdict, for the rows and effects said to be enough.",
        rich_help_panel=STATISTICS,
    ),
]
MinCell = Annotated[
    int,
    typer.Option(
        help="Fewest rows with which a group is shown; the rows of smaller groups are left out of "
        "every number, so that none can be found by subtraction. 0: show every group.",
        rich_help_panel=STATISTICS,
    ),
]
MaxLevels = Annotated[
    int, typer.Option(help="Most levels that one attribute may have.", rich_help_panel=DATA)
]
MaxGroups = Annotated[
    int, typer.Option(help="Most groups that the crossing may make.", rich_help_panel=DATA)
]
Seed = Annotated[int, typer.Option(help="Seed of everything random.", rich_help_panel=STATISTICS)]
Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        help="Write JSON to this file; - for standard output alone.",
        rich_help_panel=OUTPUT,
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", help="Write the report to this file.", show_default=False, rich_help_panel=OUTPUT
    ),
]
Pdf = Annotated[
    Path | None,
    typer.Option(
        "--pdf",
        help="Print the report to this PDF, by an installed Chromium, Chrome or Edge.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Allow = Annotated[
    str | None,
    typer.Option(
        help="Warnings that --fail-on lets pass, separated by commas: inverted_outcome, leakage.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
FailOnOption = Annotated[
    Gates | None,
    typer.Option(
        "--fail-on",
        parser=read_gates,
        metavar="KIND,...",
        help="Exit with 1 when, on any cost, some group is harmed (harm), not every group is shown "
        "to gain (not-gain) or to lose less than --margin (inferior), or nothing is known of some "
        "group (unknown). Several, separated by commas: any of them.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Junit = Annotated[
    Path | None,
    typer.Option(
        "--junit",
        help="Write JUnit XML to this file: a test for each cost and group, which fails by "
        "--fail-on (by default: where harmed), and is skipped where nothing is known.",
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Print no table and no progress.", rich_help_panel=OUTPUT)
]
