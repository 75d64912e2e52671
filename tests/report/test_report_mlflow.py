"""An audit in MLflow's own file store: metrics, tags and artifacts as its page reads them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.report.mlflow_run import as_metrics, as_tags

NASTY = ["../../etc", "a/b", "<b>&", "", "ü", "x" * 300, "x" * 299 + "y"]


def compared(levels: list[str], **more: object) -> wg.Findings:
    rng = np.random.default_rng(0)
    n = 200 * len(levels)
    group = np.repeat(levels, 200)
    y = rng.normal(size=n)
    worse = np.where(group == levels[0], 2.0, 0.0)
    return wg.compare(
        y,
        generic=y + rng.normal(size=n),
        personalized=y + worse + 0.5 * rng.normal(size=n),
        groups=pd.DataFrame({"sex": group}),
        **more,
    )


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    yield mlflow
    mlflow.set_tracking_uri(before)


@pytest.mark.filterwarnings("ignore:.*filesystem tracking backend.*")
def test_a_run_holds_every_number_that_is_shown(store: ModuleType) -> None:
    found = compared(["f", "m"])
    before = dict(os.environ)
    run = found.log_mlflow()
    assert dict(os.environ) == before
    assert store.active_run() is None
    kept = store.get_run(run)
    assert kept.info.status == "FINISHED"
    for cost in found.costs:
        for group in cost.groups:
            place = f"whogains/{cost.name}/{group.group['sex']}"
            assert kept.data.metrics[f"{place}/bop"] == group.bop
            assert kept.data.metrics[f"{place}/ci_low"] == group.ci[0]
            assert kept.data.metrics[f"{place}/n"] == 200
        assert kept.data.metrics[f"whogains/{cost.name}/gamma"] == cost.gamma.bop
        assert kept.data.metrics[f"whogains/{cost.name}/everybody/bop"] == cost.population.bop
    assert kept.data.tags["whogains.squared_error"] == (
        "1 gain; 1 harm; 0 no material difference; 0 cannot tell"
    )
    assert kept.data.tags["whogains.harmed"].startswith("squared_error: f")
    folder = Path(kept.info.artifact_uri.removeprefix("file://")) / "whogains"
    assert json.loads((folder / "result.json").read_text("utf-8")) == found.to_dict()
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (folder / "report.md").read_text("utf-8") == found.to_markdown()


@pytest.mark.filterwarnings("ignore:.*filesystem tracking backend.*")
def test_the_active_run_and_a_named_one_are_used_and_left_as_they_are(store: ModuleType) -> None:
    found = compared(["f", "m"])
    with store.start_run() as run:
        assert found.log_mlflow(prefix="fair") == run.info.run_id
        assert store.active_run() is not None
    assert "fair/squared_error/f/bop" in store.get_run(run.info.run_id).data.metrics
    assert found.log_mlflow(run_id=run.info.run_id) == run.info.run_id
    assert "whogains/squared_error/f/bop" in store.get_run(run.info.run_id).data.metrics


@pytest.mark.filterwarnings("ignore:.*filesystem tracking backend.*")
def test_names_from_data_are_names_and_no_paths(store: ModuleType, tmp_path: Path) -> None:
    found = compared(NASTY)
    run = found.log_mlflow()
    metrics = store.get_run(run).data.metrics
    assert metrics == as_metrics(found)
    shown = [group for cost in found.costs for group in cost.groups if group.bop is not None]
    assert sum(name.endswith("/bop") for name in metrics) == len(shown) + len(found.costs)
    assert all(len(name) <= 250 for name in metrics)
    assert not any(part in {"", ".", ".."} for name in metrics for part in name.split("/"))
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}
    assert not any(path.name == "etc" for path in tmp_path.parent.iterdir())


def test_groups_that_are_hidden_have_no_metric_and_no_tag() -> None:
    y = np.random.default_rng(0).normal(size=610)
    group = np.repeat(["f", "m", "rare"], [303, 302, 5])
    found = wg.compare(
        y, generic=y + 1, personalized=y + 3 * (group == "rare"), groups=pd.DataFrame({"s": group})
    )
    assert found.data.rows == 605
    metrics = as_metrics(found)
    assert any("/f/" in name for name in metrics)
    assert not any("rare" in name for name in metrics)
    assert as_tags(found)["whogains.harmed"] == "no group"


def test_without_mlflow_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(wg.InputError, match=r"pip install 'whogains\[mlflow\]'"):
        compared(["f", "m"]).log_mlflow()
