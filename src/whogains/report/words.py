"""Numbers, names and sentences on a cost as people read them, the same in every form."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from whogains.report.cost_figures import NOTHING, Figures

if TYPE_CHECKING:
    from whogains.records import (
        AuditRecord,
        ChoiceRecord,
        CostChange,
        CostFinding,
        GroupFinding,
        Levels,
        PopulationFinding,
        WatchRecord,
    )

NAME_LIMIT = 160
APPROXIMATE = "approximate"
# Before an interval that no method here stands for.
ABOUT = "≈ "
LABEL_LIMIT = 240

# These reorder the text around them; joiners, which some scripts need, do not.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROL_PICTURES = 0x2400
# Levels that need the name of their attribute beside them.
_CODE = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,12})?|true|false|yes|no", re.IGNORECASE)


def plain(text: object, limit: int = NAME_LIMIT) -> str:
    r"""Make text from data safe to show: one line, no control or reordering characters.

    Parameters
    ----------
    text : object
        A name, level, unit or note; anything else is written as `str` writes it.
    limit : int
        The most characters to keep; a longer text ends in an ellipsis.

    Returns
    -------
    str
        The text; still to be escaped for the place where it goes.

    Examples
    --------
    >>> plain("a\x1b[31mred\n\u202etxt")
    'a␛[31mred �txt'
    """
    # The slice comes first, so that a text of any length costs little.
    kept = "".join(_visible(character) for character in str(text)[: limit + 1])
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    # Format characters such as joiners belong to words; those that reorder text do not.
    if unicodedata.category(character) == "Cf" and character not in _BIDI:
        return character
    return "\N{REPLACEMENT CHARACTER}"


def group_name(levels: Levels | None, limit: int = LABEL_LIMIT) -> str:
    """Write a group's levels in one safe line, each cut so that every attribute is seen.

    A level that says nothing by itself, a number or a yes or no, stands with its attribute.

    Examples
    --------
    >>> group_name({"sex": "Male", "race": None})
    'Male, race missing'
    >>> group_name({"deductible": "0", "limited": "yes"})
    'deductible 0, limited yes'
    """
    if not levels:
        return "everybody" if levels is not None else NOTHING
    share = max(8, limit // len(levels) - 2)
    parts = [_level_words(name, level, share) for name, level in levels.items()]
    return plain(", ".join(parts), limit)


def _level_words(name: str, level: str | None, limit: int) -> str:
    if level is None:
        return f"{plain(name, limit)} missing"
    if _CODE.fullmatch(level):
        return f"{plain(name, limit)} {level}"
    return plain(level, limit) or "(empty)"


def significant(value: float | None, digits: int = 3) -> str:
    """Write one number by itself, to a few significant digits; a dash where there is none.

    Examples
    --------
    >>> significant(0.0123456), significant(12345.6), significant(4.0), significant(None)
    ('0.0123', '12,346', '4', '–')
    """
    if value is None or not isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if not -5 <= size < 9:
        return f"{value:.{digits - 1}e}"
    written = f"{value:,.{max(0, digits - 1 - size)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def p_value(value: float | None) -> str:
    """Write a p-value to three decimals, or say that it is below a thousandth.

    Examples
    --------
    >>> p_value(0.0499), p_value(1e-9), p_value(None)
    ('0.050', '<0.001', '–')
    """
    if value is None:
        return NOTHING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def error(value: float | None) -> str:
    """Write an error probability, or a sum of two, to three decimals; a dash where there is none.

    Examples
    --------
    >>> error(0.4349), error(0.0001)
    ('0.435', '0')
    """
    return Figures(3)(value)


def count(value: int | None) -> str:
    """Write a number of rows or groups.

    Examples
    --------
    >>> count(12345)
    '12,345'
    """
    return NOTHING if value is None else f"{value:,}"


def size_words(rows: int | None, clusters: int | None) -> str:
    """Write how many rows, and in how many clusters where there are any.

    Examples
    --------
    >>> size_words(3600, None), size_words(3600, 1200), size_words(3, 1)
    ('3,600', '3,600 in 1,200 clusters', '3 in 1 cluster')
    """
    if clusters is None:
        return count(rows)
    return f"{count(rows)} in {count(clusters)} {'cluster' if clusters == 1 else 'clusters'}"


def rows_words(rows: int | None, clusters: int | None, called: str = "rows") -> str:
    """Write how many rows, and in how many clusters where there are any, in a sentence.

    Examples
    --------
    >>> rows_words(1, None), rows_words(3600, None, "people"), rows_words(3600, 1200)
    ('1 row', '3,600 people', '3,600 rows in 1,200 clusters')
    """
    number, _, inside = size_words(rows, clusters).partition(" ")
    name = "row" if rows == 1 and called == "rows" else called
    return " ".join(filter(None, [number, name, inside]))


def about_rows(rows: int | None) -> int | None:
    """Round a number of rows that are needed up, to two digits.

    Examples
    --------
    >>> about_rows(12345), about_rows(87), about_rows(None)
    (13000, 87, None)
    """
    if rows is None or rows < 100:
        return rows
    unit = int(10 ** (floor(log10(rows)) - 1))
    return ceil(rows / unit) * unit


def listing(names: Iterable[str], most: int = 6) -> str:
    """Join names in a sentence, `most` of them written out; semicolons where a name holds a comma.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a, x", "b, y"]), listing("abcd", most=2)
    ('a, b and c', 'a, x; b, y', 'a, b and 2 more')
    """
    every = list(names)
    kept, more = every[:most], len(every) - most
    if any("," in name for name in kept):
        return "; ".join(kept) + (f"; and {more} more" if more > 0 else "")
    if more > 0:
        return f"{', '.join(kept)} and {more} more"
    return " and ".join(filter(None, [", ".join(kept[:-1]), *kept[-1:]]))


def with_unit(written: str, unit: str | None) -> str:
    """Put a unit after a number.

    Examples
    --------
    >>> with_unit("4", "mmHg²"), with_unit("0.01", None)
    ('4 mmHg²', '0.01')
    """
    return written if unit is None else f"{written} {plain(unit, 40)}"


def epsilon_words(cost: CostFinding) -> str:
    """Write a cost's epsilon with its unit, such as "4 mmHg²"."""
    return with_unit(significant(cost.epsilon), cost.unit)


def verdict_words(verdict: str | None, reason: str | None = None) -> str:
    """Write a verdict with the reason for not knowing.

    Examples
    --------
    >>> verdict_words("cannot tell", "untestable"), verdict_words("gain"), verdict_words(None)
    ('cannot tell: untestable', 'gain', '–')
    """
    if verdict is None:
        return NOTHING
    return verdict if reason is None else f"{verdict}: {reason}"


def short_title(findings: AuditRecord, cost: CostFinding) -> str:
    """Name a cost by its label, with the explainer only where several costs share the label."""
    same = [other for other in findings.costs if other.label == cost.label]
    return plain(cost.label if len(same) == 1 else cost.title)


def cost_names(findings: AuditRecord, costs: Iterable[CostFinding]) -> str:
    """Name costs, one with several explainers or shares once, with how many of them it is."""
    every = Counter(cost.label for cost in findings.costs)
    found = Counter(cost.label for cost in costs)
    return listing(
        plain(label).replace(",", "")
        + (f" in {number} of {every[label]} ways of explaining" if every[label] > 1 else "")
        for label, number in found.items()
    )


def whom(findings: AuditRecord) -> str:
    """Name what is counted: people, or rows where several may belong to one of them."""
    return "people" if findings.data.clusters is None else "rows"


def outcome_words(findings: AuditRecord | ChoiceRecord, limit: int = NAME_LIMIT) -> str:
    """Name the outcome in words where somebody gave them, else by its column."""
    said = findings.settings.get("outcome_label")
    return plain(said if isinstance(said, str) else findings.data.target, limit)


def setting(findings: AuditRecord, name: str, default: float) -> float:
    """Look up a number among an audit's settings, with what holds where it does not say."""
    value = findings.settings.get(name)
    return float(value) if isinstance(value, (int, float)) else default


def confidence(findings: AuditRecord) -> str:
    """Name the intervals by their level, as "95% CI"."""
    return f"{100 * (1 - setting(findings, 'alpha', 0.05)):.4g}% CI"


def guessing(settings: Mapping[str, Any]) -> str:
    """Give the error of a coin in the convention of the settings.

    Examples
    --------
    >>> guessing({"convention": "sum"})
    '1'
    """
    return "1" if settings.get("convention") == "sum" else "0.5"


def is_approximate(finding: GroupFinding | PopulationFinding) -> bool:
    """Tell whether an interval is shown only as approximate."""
    return finding.method == APPROXIMATE


def interval_words(write: Figures, finding: GroupFinding | PopulationFinding) -> str:
    """Write an interval, marked where it is approximate; a dash where there is none."""
    return f"{ABOUT if is_approximate(finding) else ''}{write.interval(finding.ci)}"


def cost_heading(cost: CostFinding | CostChange) -> str:
    """Name a cost with its kind and unit."""
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    return f"{plain(cost.title)}: {cost.kind}{unit}"


def in_unit(cost: CostFinding | CostChange) -> str:
    """Give the unit in brackets, or nothing."""
    return f" ({plain(cost.unit, 40)})" if cost.unit else ""


def percent(share: float | None) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.974), percent(None)
    ('97 %', '–')
    """
    return "–" if share is None else f"{100 * share:.0f} %"


def one_in(value: float) -> int | None:
    """Say of a share that it is one in how many; None where that is no way to say it.

    Examples
    --------
    >>> one_in(0.08), one_in(-0.0123), one_in(0.0007), one_in(0.7), one_in(0.0)
    (12, 81, 1500, None, None)
    """
    if not 1e-6 <= abs(value) <= 0.5:
        return None
    return about_rows(round(1 / abs(value)))


def one_in_words(value: float, whom: str) -> str:
    """Write `one_in`, after a comma; nothing where there is nothing to say.

    Examples
    --------
    >>> one_in_words(0.08, "people"), one_in_words(0.0, "people")
    (', one in 12 people', '')
    """
    number = one_in(value)
    return "" if number is None else f", one in {count(number)} {whom}"


def ended(sentence: str) -> str:
    """End a sentence, unless it is a question.

    Examples
    --------
    >>> ended("it is so"), ended("is it so?")
    ('it is so.', 'is it so?')
    """
    return sentence if sentence.endswith("?") else f"{sentence}."


def cost_label(watch: WatchRecord, name: str) -> str:
    """Name a cost in words."""
    return plain(next((cost.label for cost in watch.costs if cost.name == name), name))
