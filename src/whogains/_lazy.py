"""Names of a package that are imported when they are asked for, so that starting is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(
    package: str, homes: Mapping[str, tuple[str, ...]], modules: tuple[str, ...] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and ``__dir__`` of a package (PEP 562).

    What type checkers and `tests/test_imports.py` see stands in the package under
    ``if TYPE_CHECKING``, and a test holds the two lists to each other.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : mapping of str to tuple of str
        The names that each of its modules or packages gives. None of them may be the name of a
        module of the package: importing that module would replace it.
    modules : tuple of str
        Modules of the package that are reached as its attributes.

    Returns
    -------
    tuple of callable
        ``__getattr__`` and ``__dir__``.

    Examples
    --------
    >>> get, names = lazily("whogains.datasets", {"dataset": ("Dataset",)})
    >>> get("Dataset").__name__
    'Dataset'
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home_of[name]}"), name)
        # Found at once from now on.
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of, *modules})

    return get, names
