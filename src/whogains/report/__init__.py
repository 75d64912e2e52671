"""Reports: a terminal table, a self-contained page and charts, from records alone.

Three things are here for other rooms:

- results in every form (`as_page`, `as_text`, `as_table`, ..., `show`), whatever kind they are;
- the words and numbers of every report (`plain`, `significant`, `group_name`, ...), so that what
  other rooms print reads the same and holds no control characters;
- the parts that another kind of page is made of (`render`, `Scale`, `blocks`, ...), as that of
  `whogains.study`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains._lazy import lazily
from whogains.report.results import (
    as_csv,
    as_markdown,
    as_notebook,
    as_page,
    as_plots,
    as_table,
    as_text,
    in_short,
    show,
)

if TYPE_CHECKING:
    from whogains.report.audit_html import make_page, to_html
    from whogains.report.axes import Scale, Tick, effect_scale
    from whogains.report.changes_html import changes_to_html
    from whogains.report.choice_tables import edges_table, policies_table
    from whogains.report.choice_words import choice_sentences
    from whogains.report.html_page import CITATION, CITATION_URL, flat, render
    from whogains.report.limits_curve import BOUNDS
    from whogains.report.markdown import to_markdown
    from whogains.report.number_format import MINUS, NOTHING, cost_figures
    from whogains.report.pandas_tables import before_after_table, curve_table, gamma_table
    from whogains.report.pdf import installed_browser, print_page
    from whogains.report.plan_html import plan_to_html
    from whogains.report.plan_sentences import sentences
    from whogains.report.plots import AuditPlots, ChangesPlots, ChoicePlots, PlanPlots, WatchPlots
    from whogains.report.profile_drawings import blocks
    from whogains.report.watch_words import nothing_known, watch_sentences
    from whogains.report.words import (
        count,
        error,
        group_name,
        listing,
        p_value,
        plain,
        significant,
        with_unit,
    )
else:
    # None of these may be named as a file of this folder: importing that file would replace it.
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "changes_html": ("changes_to_html",),
            "choice_tables": ("edges_table", "policies_table"),
            "choice_words": ("choice_sentences",),
            "limits_curve": ("BOUNDS",),
            "number_format": ("MINUS", "NOTHING", "cost_figures"),
            "pandas_tables": ("before_after_table", "curve_table", "gamma_table"),
            "axes": ("Scale", "Tick", "effect_scale"),
            "audit_html": ("make_page", "to_html"),
            "markdown": ("to_markdown",),
            "html_page": ("CITATION", "CITATION_URL", "flat", "render"),
            "pdf": ("installed_browser", "print_page"),
            "plan_html": ("plan_to_html",),
            "plan_sentences": ("sentences",),
            "plots": ("AuditPlots", "ChangesPlots", "ChoicePlots", "PlanPlots", "WatchPlots"),
            "profile_drawings": ("blocks",),
            "watch_words": ("nothing_known", "watch_sentences"),
            "words": (
                "count",
                "error",
                "group_name",
                "listing",
                "p_value",
                "plain",
                "significant",
                "with_unit",
            ),
        },
        modules=("chart_files", "charts"),
    )

__all__ = [
    "BOUNDS",
    "CITATION",
    "CITATION_URL",
    "MINUS",
    "NOTHING",
    "AuditPlots",
    "ChangesPlots",
    "ChoicePlots",
    "PlanPlots",
    "Scale",
    "Tick",
    "WatchPlots",
    "as_csv",
    "as_markdown",
    "as_notebook",
    "as_page",
    "as_plots",
    "as_table",
    "as_text",
    "before_after_table",
    "blocks",
    "changes_to_html",
    "choice_sentences",
    "cost_figures",
    "count",
    "curve_table",
    "edges_table",
    "effect_scale",
    "error",
    "flat",
    "gamma_table",
    "group_name",
    "in_short",
    "installed_browser",
    "listing",
    "make_page",
    "nothing_known",
    "p_value",
    "plain",
    "plan_to_html",
    "policies_table",
    "print_page",
    "render",
    "sentences",
    "show",
    "significant",
    "to_html",
    "to_markdown",
    "watch_sentences",
    "with_unit",
]
