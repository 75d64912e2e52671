"""One audit with one seed: run it, keep it in a file, and find it again when nothing changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from whogains._version import __version__
from whogains.api import read_json
from whogains.errors import InputError
from whogains.files import json_text, write_aside
from whogains.records import MismatchError, plain_values, read_as
from whogains.results import Findings
from whogains.study.fits import GroupFits, fit_groups
from whogains.study.noise import Blocks, block_means

if TYPE_CHECKING:
    from whogains.datasets import Dataset

Progress = Callable[[str, int, int], None]

EXPLAINERS = ("integrated_gradients", "deeplift", "shapley_sampling")
MODEL = "mlp"
SCHEMA = 1
# Hexadecimal digits in a file's name, and in the digest of the data.
NAME_DIGITS, DATA_DIGITS = 10, 40
LIBRARIES = ("numpy", "scipy", "pandas", "scikit-learn", "torch", "captum")


@dataclass(frozen=True, slots=True)
class Network:
    """Which neural network is fitted.

    Parameters
    ----------
    name : str
        "paper" or "small".
    hidden : tuple of int
        Widths of the hidden layers: each is linear, batch norm, ReLU, dropout.
    dropout : float
        Share of a hidden layer's outputs that a training step leaves out.
    """

    name: str
    hidden: tuple[int, ...]
    dropout: float


#: The layers of the authors' MIMIC-III notebooks, and a fortieth of their weights.
NETWORKS: Final = {
    each.name: each
    for each in (Network("paper", (512, 256, 64), 0.2), Network("small", (64, 32), 0.0))
}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What every audit of a reproduction shares.

    Parameters
    ----------
    explainers : tuple of str
        Explainers by name.
    keep : tuple of (float or int)
        How many features an explanation keeps: shares or numbers.
    folds : int
        Folds of the cross-fitting.
    epsilon : float or mapping of str to float, optional
        The smallest effect that matters.
    alpha : float
        Level of tests.
    model : str
        What is fitted, as for `whogains.audit`; the paper's is a neural network.
    network : str
        A name in `NETWORKS`.

    Raises
    ------
    InputError
        If there is no network of that name.
    """

    explainers: tuple[str, ...] = EXPLAINERS
    keep: tuple[float | int, ...] = (0.5,)
    folds: int = 5
    epsilon: float | Mapping[str, float] | None = None
    alpha: float = 0.05
    model: str = MODEL
    network: str = "paper"

    def __post_init__(self) -> None:
        if self.network not in NETWORKS:
            raise InputError(f"network {self.network!r} is unknown; use {' or '.join(NETWORKS)}")

    @property
    def layers(self) -> Network | None:
        """What is fitted; None where the model is no network."""
        return NETWORKS[self.network] if self.model == MODEL else None


@dataclass(frozen=True, slots=True)
class Run:
    """One audit with one seed.

    Parameters
    ----------
    seed : int
        The seed of folds, training and explainers.
    found : Findings
        The audit.
    fits : tuple of (tuple of (GroupFits or None) or None)
        For each cost and group the fits to individual benefits, see `fit_groups`.
    blocks : tuple of tuple of (tuple of float or None)
        For each cost and group the mean benefits of blocks of people, see `block_means`.
    file : str
        The file name of the saved audit.
    """

    seed: int
    found: Findings
    fits: tuple[tuple[GroupFits | None, ...] | None, ...]
    blocks: Blocks
    file: str


@dataclass(frozen=True, slots=True)
class _Record:
    """What stands beside a saved audit."""

    schema: int
    made_from: Any
    audit_sha256: str
    fits: tuple[tuple[GroupFits | None, ...] | None, ...]
    blocks: Blocks


def made_from(data: Dataset, settings: RunSettings, seed: int) -> dict[str, Any]:
    """List all that the numbers of one audit depend on.

    Parameters
    ----------
    data : Dataset
        The people.
    settings : RunSettings
        The settings.
    seed : int
        The seed.

    Returns
    -------
    dict
        JSON values, with a digest of the data and the versions of the libraries.
    """
    return {
        "data": data.name,
        "data_sha256": data_digest(data),
        "task": data.task,
        "unit": data.unit,
        "seed": seed,
        **plain_values(settings),
        "network": plain_values(settings.layers),
        "whogains": __version__,
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def data_digest(data: Dataset) -> str:
    """Summarize a data set: its values, names and types.

    Parameters
    ----------
    data : Dataset
        The people.

    Returns
    -------
    str
        Hexadecimal digits, the same for equal data in every process.
    """
    summary = sha256(f"{data.task}\0{data.target}\0{data.unit}".encode())
    parts = [data.X, data.y.to_frame(), data.personal]
    parts += [data.cluster.to_frame("cluster")] if data.cluster is not None else []
    for frame in parts:
        for name in frame.columns:
            column = frame[name]
            levels = column.cat.categories.tolist() if hasattr(column, "cat") else ""
            summary.update(f"{name!r} {column.dtype} {levels}\0".encode())
            hashed = pd.util.hash_pandas_object(column, index=False, categorize=False)
            summary.update(hashed.to_numpy().tobytes())
    return summary.hexdigest()[:DATA_DIGITS]


def paths(folder: Path, key: Mapping[str, Any]) -> tuple[Path, Path]:
    """Name the files of one audit: its own, and what stands beside it.

    Names hold the data set, the seed and a digest of all that the audit depends on, so that audits
    with other settings do not replace each other.
    """
    text = json.dumps(key, sort_keys=True, ensure_ascii=True)
    readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in str(key["data"]))[:60]
    stem = f"{readable}-seed-{key['seed']}-{sha256(text.encode()).hexdigest()[:NAME_DIGITS]}"
    return folder / f"{stem}.json", folder / f"{stem}.fits.json"


def find_run(folder: Path, key: Mapping[str, Any]) -> Run | None:
    """Find a finished audit.

    Parameters
    ----------
    folder : Path
        Where audits are kept.
    key : mapping
        All that it must have been made from, see `made_from`.

    Returns
    -------
    Run or None
        None where there is none, it was made from anything else, or a file is damaged.
    """
    audit_file, record_file = paths(folder, key)
    try:
        content = json.loads(record_file.read_text(encoding="utf-8"))
        record: _Record = read_as(_Record, content, {})
        # JSON has no tuples: compare what the file would say.
        same = record.made_from == json.loads(json.dumps(key)) and record.schema == SCHEMA
        if not same or record.audit_sha256 != sha256(audit_file.read_bytes()).hexdigest():
            return None
        found = read_json(audit_file)
        if not isinstance(found, Findings):
            return None
        return Run(int(key["seed"]), found, record.fits, record.blocks, audit_file.name)
    except (OSError, ValueError, MismatchError, InputError):
        return None


def run_audit(
    data: Dataset,
    settings: RunSettings,
    seed: int,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[Run, float]:
    """Audit one data set with one seed, and keep the audit.

    Parameters
    ----------
    data : Dataset
        The people.
    settings : RunSettings
        The settings.
    seed : int
        The seed of folds, training and explainers.
    folder : Path
        Where the audit is kept. What is half done stands in the folder ``unfinished`` in it, so
        that a killed run continues there, and is taken away at the end.
    progress : callable, optional
        As for `whogains.audit`.

    Returns
    -------
    run : Run
        The audit, as read back from its file.
    seconds : float
        How long it took.

    Raises
    ------
    InputError
        If the audit cannot be run or kept.
    """
    from whogains.api import audit

    key = made_from(data, settings, seed)
    audit_file, record_file = paths(folder, key)
    unfinished = folder / "unfinished" / audit_file.stem
    people: list[tuple[tuple[tuple[GroupFits | None, ...] | None, ...], Blocks]] = []
    start = perf_counter()
    found = audit(
        data.X,
        data.y,
        personal=data.personal,
        task=data.task,
        unit=data.unit,
        cluster=data.cluster,
        model=_estimator(data, settings),
        explainers=settings.explainers,
        keep=settings.keep,
        # As the paper masks: attributes are features like others, hidden at their mode.
        baseline="mean",
        mask_personal=True,
        explanation_costs=("sufficiency", "incomprehensiveness"),
        # One round, whose seed is one of the study's, and no placebo.
        folds=settings.folds,
        repeats=1,
        placebo=0,
        epsilon=settings.epsilon,
        alpha=settings.alpha,
        random_state=seed,
        checkpoint=unfinished,
        progress=progress,
        inspect=lambda scores, codes: people.append(
            (fit_groups(scores, codes), block_means(scores, codes))
        ),
    )
    text = found.to_json(audit_file)
    record = _Record(SCHEMA, key, sha256(text.encode()).hexdigest(), *people[0])
    write_aside(record_file, json_text(plain_values(record)))
    shutil.rmtree(unfinished, ignore_errors=True)
    # Another audit may be half done there.
    with suppress(OSError):
        unfinished.parent.rmdir()
    run = find_run(folder, key)
    if run is None:
        raise InputError(f"{audit_file} cannot be read back; is the disk full?")
    return run, perf_counter() - start


def _estimator(data: Dataset, settings: RunSettings) -> Any:
    """Give what is fitted: a network with its layers, or another model by its name."""
    network = settings.layers
    if network is None:
        return settings.model
    from whogains.models import named_estimator

    found = named_estimator(settings.model, data.task)
    return found.set_params(hidden=network.hidden, dropout=network.dropout)


def _version(name: str) -> str | None:
    """Say which version of a library is installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
