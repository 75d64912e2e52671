"""Which network is fitted: the authors' layers, or a small one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whogains.errors import InputError
from whogains.study import RunSettings
from whogains.study.runs import NETWORKS, made_from, run_audit

NETWORK = RunSettings(explainers=())


def test_the_authors_layers_are_the_default():
    assert NETWORKS["paper"].hidden == (512, 256, 64)
    assert NETWORKS["paper"].dropout == 0.2
    assert NETWORK.layers is NETWORKS["paper"]
    for name in NETWORKS:
        assert replace(NETWORK, network=name).layers is NETWORKS[name]
    assert RunSettings(model="linear").layers is None


def test_an_unknown_network_is_refused():
    with pytest.raises(InputError, match="network 'big' is unknown; use paper or small"):
        RunSettings(network="big")


def test_the_network_is_part_of_what_an_audit_is_made_from(people):
    keys = {name: made_from(people(), replace(NETWORK, network=name), 0) for name in NETWORKS}
    assert keys["paper"] != keys["small"]
    # A default and the same network by its name are the same audit.
    assert made_from(people(), NETWORK, 0) == keys["paper"]


@pytest.mark.parametrize("name", NETWORKS)
def test_its_layers_are_those_that_are_fitted(tmp_path, people, monkeypatch, name):
    torch_mlp = pytest.importorskip("whogains.models.torch_mlp")
    asked = []
    layers = torch_mlp._layers
    monkeypatch.setattr(
        torch_mlp, "_layers", lambda *how: asked.append(how[1:]) or layers(*how), raising=True
    )
    run_audit(people(), replace(NETWORK, network=name, folds=2), 0, tmp_path)
    layers = [(hidden, dropout) for hidden, dropout, *_ in asked]
    assert layers == 4 * [(NETWORKS[name].hidden, NETWORKS[name].dropout)]
