"""How the documentation is built: ``python -m sphinx -W --keep-going -b html docs build/site``.

Warnings are errors: a link or an anchor that leads nowhere, a page in no list, a name that does not
exist. What is built asks no other machine for anything when it is read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
from site_parts import bring_in, formula, list_sources
from whogains import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "whogains"
author = "The whogains developers"
copyright = author  # noqa: A001 - Sphinx asks for this name
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Names in single backticks of docstrings are code.
default_role = "literal"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them in words
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
exclude_patterns = ["build", "schema"]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "whogains"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
# Excerpts would be fetched, which browsers refuse to pages that are opened as files.
html_show_search_summary = False
html_static_path: list[str] = []
html_extra_path = ["schema"]
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#1b5e86", "color-brand-content": "#1b5e86"},
    "dark_css_variables": {"color-brand-primary": "#7fbbe0", "color-brand-content": "#7fbbe0"},
}


def setup(app: Sphinx) -> None:
    """Let pages have parts that the code writes."""
    app.connect("source-read", bring_in)
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    # Before napoleon, which makes fields of the sections.
    app.connect("autodoc-process-docstring", list_sources, priority=100)
