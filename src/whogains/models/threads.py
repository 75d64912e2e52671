"""Threads for what is large only: on small data they wait for each other more than they work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

# Cells of a matrix. Below, one thread is as quick on an idle machine, and on a busy one five
# times quicker than two, which spend their time waiting for a core.
SMALL = 1_000_000
# Held by what changes torch for the whole process: its global generator, its number of threads.
TORCH_STATE = RLock()


@contextmanager
def threads_for(cells: int) -> Iterator[None]:
    """Run a block on one OpenMP thread where the data are small.

    Parameters
    ----------
    cells : int
        Rows times columns of what the block works on.

    Yields
    ------
    None
        Nothing; the limit is lifted at the end.
    """
    if cells > SMALL:
        yield
        return
    with _pools(len(sys.modules)).limit(limits=1, user_api="openmp"):
        yield


@lru_cache(maxsize=1)
def _pools(_loaded: int) -> ThreadpoolController:
    """Find the pools of threads anew only where a module was imported since: it takes 3 ms."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
