"""A self-contained page: style, script and data inside, and a policy that lets nothing else in."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from whogains.findings.json import write_text
from whogains.report.words import plain

if TYPE_CHECKING:
    from pathlib import Path

CITATION = (
    "Cornelis, Bernárdez, Jeong, Miolane: When Machine Learning Gets Personal: Evaluating "
    "Prediction and Explanation. arXiv:2502.02786."
)
CITATION_URL = "https://arxiv.org/abs/2502.02786"


def render(
    template: str,
    context: Mapping[str, Any],
    held: Mapping[str, Any],
    path: str | Path | None = None,
    *,
    style: str | None = None,
) -> str:
    """Fill a page.

    Parameters
    ----------
    template : str
        The file of the page among the templates.
    context : mapping
        What the template shows; every text in it is escaped.
    held : mapping of str to JSON values
        What the page holds for its script and for downloads, by the id of its element.
    path : str or Path, optional
        A file to write; none by default.
    style : str, optional
        A further style sheet among the templates, for what only this page has.

    Returns
    -------
    str
        The page.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    css, script = _asset("page.css") + (_asset(style) if style else ""), _asset("page.js")
    page = (
        _environment()
        .get_template(template)
        .render(
            **context,
            style=Markup(css),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=(
                f"default-src 'none'; style-src 'sha256-{_digest(css)}'; "
                f"script-src 'sha256-{_digest(script)}'; img-src data:; "
                "base-uri 'none'; form-action 'none'"
            ),
            held={name: _embedded(value) for name, value in held.items()},
        )
    )
    if path is not None:
        write_text(path, page)
    return page


def flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Write nested settings as lines of a name and a value.

    Parameters
    ----------
    value : JSON value
        The settings.
    name : str
        What the value belongs to.

    Returns
    -------
    list of (str, str)
        Names with a full stop between their parts, and values as written.

    Examples
    --------
    >>> flat({"alpha": 0.05, "versions": {"numpy": "2.3.1"}, "epsilon": None})
    [('alpha', '0.05'), ('versions.numpy', '2.3.1'), ('epsilon', 'default')]
    """
    if isinstance(value, dict):
        lines = [line for key, item in value.items() for line in flat(item, f"{name}.{key}")]
        return lines or [(plain(name.lstrip(".")), "none")]
    if isinstance(value, (list, tuple)):
        return [(plain(name.lstrip(".")), plain(", ".join(map(str, value)), 400) or "none")]
    if value is None or isinstance(value, bool):
        value = "default" if value is None else "yes" if value else "no"
    return [(plain(name.lstrip(".")), plain(value, 400))]


def _embedded(value: Any) -> Markup:
    """Write JSON so that nothing in it can end the script element that holds it."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character with a meaning in HTML is left


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("whogains.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return files("whogains.report").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
