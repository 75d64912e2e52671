"""A self-contained page: style, script and data inside, and a policy that lets nothing else in."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from whogains.files import json_parts
from whogains.report.words import count, plain

# A page is under 3 MB, whatever was audited.
MOST_BYTES = 3_000_000
# Data that take more of a page than this would leave too little for what is read.
MOST_DATA = 1_800_000
# With fewer groups than this, a page shows fewer costs instead.
FEW_GROUPS = 12
CITATION = (
    "Cornelis, Bernárdez, Jeong, Miolane: When Machine Learning Gets Personal: Evaluating "
    "Prediction and Explanation. arXiv:2502.02786."
)
CITATION_URL = "https://arxiv.org/abs/2502.02786"


def render(template: str, context: Mapping[str, Any], *, style: str | None = None) -> str:
    """Fill a page.

    Parameters
    ----------
    template : str
        The file of the page among the templates.
    context : mapping
        What the template shows; every text in it is escaped.
    style : str, optional
        A further style sheet among the templates, for what only this page has.

    Returns
    -------
    str
        The page.
    """
    css, script = _asset("page.css") + (_asset(style) if style else ""), _asset("page.js")
    return (
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
        )
    )


def size(page: str) -> int:
    """Give the bytes of a page as a file."""
    return len(page.encode())


def packed(content: dict[str, Any]) -> str | None:
    """Pack a JSON file for the link that saves it, which needs no script.

    Parameters
    ----------
    content : dict
        JSON values.

    Returns
    -------
    str or None
        The file as `json_text` writes it, by gzip and in base64; None where even so it is too large
        for a page.

    Examples
    --------
    >>> import base64, gzip, json
    >>> json.loads(gzip.decompress(base64.b64decode(packed({"schema": 1}))))
    {'schema': 1}
    """
    # By gzip, without a time: the same content gives the same bytes.
    engine = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    data, parts = bytearray(), json_parts(content)
    while text := "".join(islice(parts, 10_000)):
        # As `write_aside` writes what UTF-8 does not have.
        data += engine.compress(text.encode("utf-8", "backslashreplace"))
        if len(data) * 4 / 3 > MOST_DATA:
            return None
    data += engine.flush()
    return b64encode(data).decode() if len(data) * 4 / 3 <= MOST_DATA else None


def fitted(
    draw: Callable[[int, int], str], groups: int, costs: int, *, cells: int, data: int = 0
) -> str:
    """Draw as many groups and costs as fit into a page.

    Parameters
    ----------
    draw : callable
        Gives the page with so many groups of each of so many costs.
    groups, costs : int
        All that there are.
    cells : int
        The most groups times costs to try.
    data : int
        Bytes of the page that do not depend on either.

    Returns
    -------
    str
        The page.
    """
    costs = min(costs, cells // FEW_GROUPS)
    groups = min(groups, max(FEW_GROUPS, cells // max(costs, 1)))
    while True:
        page = draw(groups, costs)
        over = size(page)
        if over < MOST_BYTES or not groups:
            return page
        part = 0.95 * (MOST_BYTES - data) / (over - data)
        if groups > FEW_GROUPS:
            groups = max(FEW_GROUPS, int(groups * part))
        elif costs > 1:
            costs = int(costs * part) or 1
        else:
            groups = int(groups * part)


def first_of(lines: Sequence[str], most: int) -> list[str]:
    """Keep the first of many texts and count the others.

    Examples
    --------
    >>> first_of(["a", "b", "c"], 1)
    ['a', '2 more of these are not shown here.']
    """
    more = len(lines) - most
    if more <= 0:
        return list(lines)
    verb = "are" if more > 1 else "is"
    return [*lines[:most], f"{count(more)} more of these {verb} not shown here."]


def flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Write nested settings as lines of a name, with full stops between its parts, and a value.

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
