"""The options of explanations that commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from whogains.cli.options import EXPLANATIONS

Explainers = Annotated[
    str | None,
    typer.Option(
        help="Explainers, separated by commas: tree_shap, linear_shap, permutation_shap, "
        "occlusion; for mlp integrated_gradients, deeplift, gradient_shap, shapley_sampling; or "
        "none. NAME:20 sets how many steps, samples or permutations. Default: what fits the model; "
        "permutation_shap, the slow one, where nothing else does.",
        show_default=False,
        rich_help_panel=EXPLANATIONS,
    ),
]
Keep = Annotated[
    str,
    typer.Option(
        help="Features that an explanation keeps: a share (0.5) or a number of them (3). Several, "
        "separated by commas, make a curve and its mean.",
        rich_help_panel=EXPLANATIONS,
    ),
]
Baseline = Annotated[
    str,
    typer.Option(
        help="What a hidden feature is set to: marginal (its mean, and attributes at each of "
        "people's levels in turn), mean, zeros, or a number of background rows to average over.",
        rich_help_panel=EXPLANATIONS,
    ),
]
MaskPersonal = Annotated[
    bool,
    typer.Option(
        "--mask-personal/--personal-as-context",
        help="Whether personal attributes are ranked and hidden like features, or always seen.",
        rich_help_panel=EXPLANATIONS,
    ),
]
ExplanationCosts = Annotated[
    str | None,
    typer.Option(
        help="Explanation costs, separated by commas: sufficiency, incomprehensiveness, and "
        "sufficiency_n, incomprehensiveness_n, divided by what hiding everything changes. "
        "Default: all.",
        show_default=False,
        rich_help_panel=EXPLANATIONS,
    ),
]
ExplainerRepeats = Annotated[
    int,
    typer.Option(
        help="Runs of explainers that draw, to tell how much of the result is noise.",
        rich_help_panel=EXPLANATIONS,
    ),
]
BatchRows = Annotated[
    int | None,
    typer.Option(
        help="Rows explained or predicted at a time, which bounds the memory. Default: chosen.",
        show_default=False,
        rich_help_panel=EXPLANATIONS,
    ),
]
