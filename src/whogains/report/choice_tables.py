"""A choice as pandas tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from whogains.records import ChoiceRecord, Levels


def routing_table(choice: ChoiceRecord) -> pd.DataFrame:
    """One row per group: what it tells, what serves it, and what that gains it.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    pandas.DataFrame
        One column per attribute, then the fields of `whogains.records.RoutedGroup`; sets of
        attributes as names with plus signs, the empty text for none.
    """
    import pandas as pd

    rows = []
    for group in choice.routing:
        kept = {name: value for name, value in asdict(group).items() if name != "group"}
        kept["certified"] = "; ".join("+".join(each) for each in group.certified)
        kept["declining"] = "; ".join(f"{name}: {loss}" for name, loss in group.declining.items())
        numbers = {name: _plain(value) for name, value in kept.items()}
        rows.append({**_levels(choice, group.group, {*numbers}), **numbers})
    return pd.DataFrame(rows)


def edges_table(choice: ChoiceRecord) -> pd.DataFrame:
    """One row per cost, edge and group; see `Choice.what_it_buys`."""
    import pandas as pd

    rows = []
    for edge in choice.edges:
        for group in edge.groups:
            numbers: dict[str, Any] = {}
            for name, value in asdict(group).items():
                if name == "ci":
                    numbers["ci_low"], numbers["ci_high"] = value
                elif name != "group":
                    numbers[name] = value
            head = {
                "cost": edge.cost,
                "explainer": edge.explainer,
                "keep": edge.keep,
                "told": "+".join(edge.told),
                "tells": edge.tells,
            }
            taken = {*head, *numbers}
            rows.append({**head, **_levels(choice, group.group, taken), **numbers})
    return pd.DataFrame(rows)


def policies_table(choice: ChoiceRecord) -> pd.DataFrame:
    """One row per way to ask: what the chart of the frontier draws."""
    import pandas as pd

    return pd.DataFrame(
        [
            {name: _plain(value) for name, value in asdict(policy).items() if name != "worst_group"}
            for policy in choice.policies
        ]
    )


def _levels(choice: ChoiceRecord, levels: Levels, taken: set[str]) -> dict[str, str]:
    """Name each attribute's column, also where it has the name of a number."""
    return {
        f"{name} (group)" if name in taken else name: f"{name} missing"
        if levels[name] is None
        else str(levels[name])
        for name in choice.data.groups
    }


def _plain(value: Any) -> Any:
    return "+".join(value) if isinstance(value, tuple) else value
