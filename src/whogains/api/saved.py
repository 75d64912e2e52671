"""Saved results: read one, and put two audits side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains import judging, records
from whogains.errors import InputError
from whogains.frames import check_call
from whogains.results import Changes, Choice, Findings, Watch

if TYPE_CHECKING:
    from pathlib import Path


def read_json(path: str | Path) -> Findings | Choice | Watch:
    """Read an audit, a choice or a watch that `to_json` wrote.

    Parameters
    ----------
    path : str or Path
        The file, which may be compressed by gzip, as a page saves it without script.

    Returns
    -------
    Findings, Choice or Watch
        An object equal to the one that was written, by what the file holds.

    Raises
    ------
    InputError
        If the file does not exist, is not JSON, or is no audit, choice or watch in schema 1.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import whogains as wg
    >>> found = wg.compare([0, 1, 1, 0] * 5, generic=[.4, .6, .4, .6] * 5,
    ...                    personalized=[.1, .9, .8, .6] * 5, groups={"sex": list("ffmm") * 5})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "audit.json"
    ...     _ = found.to_json(file)
    ...     wg.read_json(file) == found
    True
    """
    if path is None:
        raise InputError("path must be the name of a file, not None")
    check_call(path=path)
    return _held(records.read_json(path))


def from_dict(content: Any) -> Findings | Choice | Watch:
    """Build an audit, a choice or a watch from the JSON values that `to_dict` gives.

    Parameters
    ----------
    content : dict
        The values; keys that this version does not know are passed over.

    Returns
    -------
    Findings, Choice or Watch
        An object equal to the one that was converted.

    Raises
    ------
    InputError
        If the content is no audit, choice or watch in schema 1.
    """
    return _held(records.from_dict(content))


def _held(
    record: records.AuditRecord | records.ChoiceRecord | records.WatchRecord,
) -> Findings | Choice | Watch:
    if isinstance(record, records.WatchRecord):
        return Watch.of(record)
    is_choice = isinstance(record, records.ChoiceRecord)
    return Choice.of(record) if is_choice else Findings.of(record)


def diff(before: Findings | Choice | Watch, after: Findings | Choice | Watch) -> Changes:
    """Put two audits side by side, such as of an old and a new model.

    Parameters
    ----------
    before, after : Findings
        Audits with the same kind of groups.

    Returns
    -------
    Changes
        For each cost that both have, what changed for everybody, for the worst-served group and
        for every group.

    Raises
    ------
    InputError
        If the audits group by different attributes, or have no cost in common, or one of them is
        a choice.

    Notes
    -----
    The interval for a change holds whether the audits share no, some or all people, and is wide
    where they share all: then comparing the two models' predictions row by row with `compare` can
    tell more.

    Examples
    --------
    >>> import whogains as wg
    >>> y, groups = [0, 1, 1, 0] * 50, {"sex": list("ffmm") * 50}
    >>> old = wg.compare(y, generic=[.1, .9, .9, .1] * 50, personalized=[.1, .9, .1, .9] * 50,
    ...                  groups=groups, costs="zero_one")
    >>> new = wg.compare(y, generic=[.1, .9, .9, .9] * 50, personalized=[.1, .9, .9, .1] * 50,
    ...                  groups=groups, costs="zero_one")
    >>> wg.diff(old, new).table()[["group", "change", "words"]]
      group  change                   words
    0     f     0.0               unchanged
    1     m     1.5  was harmed, now gains
    """
    return Changes.of(judging.diff(_audit(before, "before"), _audit(after, "after")))


def _audit(found: Findings | Choice | Watch, which: str) -> Findings:
    if isinstance(found, Findings):
        return found
    kind = "choice" if isinstance(found, Choice) else "watch"
    raise InputError(
        f"the file or result given as {which} is a {kind}; diff compares two audits, and report "
        f"shows a {kind}"
    )
