"""Findings in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from whogains.report.html import to_html

if TYPE_CHECKING:
    from whogains.findings import Findings


def to_notebook(findings: Findings) -> str:
    """Put the page in a frame of its own, as a notebook shows it.

    Parameters
    ----------
    findings : Findings
        What to show.

    Returns
    -------
    str
        One HTML element. Its frame keeps the page's style and script away from the notebook's,
        and both from the network.
    """
    return (
        '<iframe title="whogains report" width="100%" height="640" '
        f'sandbox="allow-scripts allow-downloads" srcdoc="{escape(to_html(findings))}"></iframe>'
    )
