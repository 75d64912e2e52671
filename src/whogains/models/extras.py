"""Packages that only some models and explainers need."""

from __future__ import annotations

from importlib.util import find_spec

from whogains.errors import InputError


def needed(package: str, what: str, *, extra: str) -> None:
    """Refuse what needs a package that is not installed, and name the extra that brings it.

    Raises
    ------
    InputError
        If it is not installed.

    Examples
    --------
    >>> needed("numpy", "everything", extra="none")
    """
    if find_spec(package) is None:
        raise InputError(
            f"{what} needs the package {package}, which is not installed; install it with:"
            f" pip install 'whogains[{extra}]'"
        )
