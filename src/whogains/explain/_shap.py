"""shap, imported when it is first needed."""

from __future__ import annotations

import warnings
from typing import Any


def shap_package() -> Any:
    """Import shap.

    Returns
    -------
    module
        The package.
    """
    with warnings.catch_warnings():
        # Its plots, which are not used here, set up colours in ways that matplotlib will change.
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        import shap
    return shap
