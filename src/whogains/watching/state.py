"""What a watch knows: choices made at the first batch, and the sums of every batch; no row."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from whogains.errors import InputError
from whogains.evidence import Collected, fingerprint, same_value
from whogains.types import Task

# Of a million people two share a hash of so many bytes with a chance of 3e-8.
HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Choices:
    """What is fixed at the first batch.

    Parameters
    ----------
    target, generic, personalized : str
        Columns of the outcome and of the two models' predictions.
    groups : tuple of str
        Columns whose crossing makes the groups.
    task : {"classification", "regression"}
        What the models predict.
    positive : str or None
        The outcome that counts as 1.
    costs : tuple of str
        Costs by name.
    epsilon : mapping of str to float
        By cost, the smallest effect that matters.
    margin : mapping of str to float
        By cost, the loss that would still be tolerated; empty where none was given.
    alpha : float
        The chance of any false verdict of one kind, over all looks, groups and costs.
    min_cell : int
        The disclosure threshold: the fewest new rows (or clusters) of a group that are told.
    threshold : float or None
        The probability from which on a prediction is labelled 1.
    cost_range : mapping of str to pair of float
        By cost, between which two numbers every row's cost is known to lie.
    sample_weight, cluster : str or None
        Columns of weights, and of which rows depend on each other.
    unit : str or None
        Unit of the outcome.
    labels : mapping of str to mapping of str to str, or None
        By attribute, names of its values.
    bands : mapping of str to sequence of float, or None
        By attribute, from which numbers on its bands lie.
    percent, drop_missing_predictions : bool
        Whether predictions are percentages, and whether rows without one are left out.
    """

    target: str
    generic: str
    personalized: str
    groups: tuple[str, ...]
    task: Task
    positive: str | None
    costs: tuple[str, ...]
    epsilon: Mapping[str, float]
    margin: Mapping[str, float]
    alpha: float
    min_cell: int
    threshold: float | None = None
    cost_range: Mapping[str, tuple[float, float]] | None = None
    sample_weight: str | None = None
    cluster: str | None = None
    unit: str | None = None
    labels: Mapping[str, Mapping[str, str]] | None = None
    bands: Mapping[str, tuple[float, ...]] | None = None
    percent: bool = False
    drop_missing_predictions: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One batch of rows, as sums.

    Parameters
    ----------
    name : str
        What it is called.
    day : date or None
        When it is from.
    restart : bool
        Whether the watch starts anew with it: what came before says nothing of it.
    source : str
        The fingerprint of its rows, those of returning people included.
    returning : int
        Rows left out because their cluster was in an earlier batch.
    collected : Collected or None
        Its sums; None where nobody was new.
    """

    name: str
    day: date | None
    restart: bool
    source: str
    returning: int
    collected: Collected | None


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A watch: what was chosen, the batches in the order in which they came, and who was seen.

    Parameters
    ----------
    choices : Choices
        What is fixed.
    batches : tuple of Batch
        At least one.
    secret : str or None
        With clusters, the key of the hashes, in hexadecimal.
    seen : frozenset of str
        The hashes of the clusters of all batches.
    """

    choices: Choices
    batches: tuple[Batch, ...]
    secret: str | None = None
    seen: frozenset[str] = frozenset()

    def batch(self, name: str) -> Batch | None:
        """Find the batch of a name."""
        return next((each for each in self.batches if each.name == name), None)


def counted_before(state: State, name: str, source: str) -> bool:
    """Tell whether a batch is in a watch already.

    Parameters
    ----------
    state : State
        The watch.
    name : str
        What the batch is called.
    source : str
        The fingerprint of its rows.

    Returns
    -------
    bool
        Whether it is, by its name and its rows.

    Raises
    ------
    InputError
        If it is by one of the two only: a name stands for other rows, or rows for another name.
    """
    known = state.batch(name)
    if known is not None:
        if known.source == source:
            return True
        raise InputError(
            f"a batch {name!r} of other rows was added before; give this one another name (--batch)"
        )
    twin = next((each for each in state.batches if each.source == source), None)
    if twin is not None:
        raise InputError(
            f"these rows were added before, as the batch {twin.name!r}: they would count twice"
        )
    return False


def with_batch(state: State, batch: Batch, seen: Iterable[str] = ()) -> State:
    """Add a batch that is new.

    Parameters
    ----------
    state : State
        The watch before.
    batch : Batch
        The batch.
    seen : iterable of str
        The hashes of its clusters.

    Returns
    -------
    State
        The watch after.

    Raises
    ------
    InputError
        If some batches have a day and others none, or the outcomes are other values than before.
    """
    first = next((each.collected for each in state.batches if each.collected), None)
    if first is not None and batch.collected is not None:
        for which in ("positive", "negative"):
            was, now = (getattr(each.about, which) for each in (first, batch.collected))
            if same_value(was) != same_value(now):
                raise InputError(
                    f"the outcome that counts as {int(which == 'positive')} is {now!r:.40} in this "
                    f"batch and was {was!r:.40} before"
                )
    if state.batches and (state.batches[0].day is None) != (batch.day is None):
        raise InputError(
            "give a day (--date) to every batch or to none: without it nobody can say how many "
            "weeks there are between them"
        )
    return replace(state, batches=(*state.batches, batch), seen=state.seen | frozenset(seen))


def hashed(secret: str, cluster: str) -> str:
    """Hash the name of a cluster with the secret of a watch.

    Parameters
    ----------
    secret : str
        The key, in hexadecimal.
    cluster : str
        The name.

    Returns
    -------
    str
        A hash in hexadecimal. Without the key nobody can try names on it.

    Examples
    --------
    >>> hashed("00ff", "Ada") == hashed("00ff", "Ada") != hashed("00fe", "Ada")
    True
    """
    key = bytes.fromhex(secret)
    whole = hmac.new(key, cluster.encode("utf-8", "backslashreplace"), hashlib.sha256)
    return whole.hexdigest()[: 2 * HASH_BYTES]


def source_of(collected: Collected) -> str:
    """Tell the rows of a batch from those of others."""
    return fingerprint(collected.evidence)


def check_same(choices: Choices, asked: Mapping[str, Any]) -> None:
    """Refuse choices other than those of the first batch.

    Parameters
    ----------
    choices : Choices
        Those of the first batch.
    asked : mapping of str to value
        What is asked for now, by the names of `Choices`; None where nothing is said.

    Raises
    ------
    InputError
        If one differs: what was promised at the first look would no longer hold.
    """
    for field in fields(choices):
        now = asked.get(field.name)
        if now is None:
            continue
        before = getattr(choices, field.name)
        if isinstance(before, Mapping) and not isinstance(now, Mapping):
            same = all(value == now for value in before.values()) and bool(before)
        elif isinstance(before, Mapping):
            same = all(before.get(name) == value for name, value in now.items())
        else:
            same = now == before
        if not same:
            said = dict(before) if isinstance(before, Mapping) else before
            raise InputError(
                f"{field.name} is {now!r:.80}, and this watch was begun with {said!r:.80}; what "
                "was chosen at the first batch stays, or its guarantee would be lost: leave it "
                "out, or begin another watch (another --state)"
            )
