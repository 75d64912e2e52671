"""A result in a notebook."""

from __future__ import annotations

from markupsafe import escape


def to_notebook(page: str) -> str:
    """Put the page in a frame of its own, as a notebook shows it.

    Parameters
    ----------
    page : str
        A page of its own.

    Returns
    -------
    str
        One HTML element. Its frame keeps the page's style and script away from the notebook's,
        and both from the network.
    """
    return (
        '<iframe title="whogains report" width="100%" height="640" '
        f'sandbox="allow-scripts allow-downloads" srcdoc="{escape(page)}"></iframe>'
    )
