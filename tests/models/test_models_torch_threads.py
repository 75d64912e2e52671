"""Networks fitted in threads: the same bytes as alone, and torch's own generator is left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")

from whogains.models.torch_mlp import MLPRegressor, _Draws, _layers  # noqa: E402

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 3))
Y = X[:, 0] + RNG.normal(size=160)


def fitted(seed: int) -> bytes:
    network = MLPRegressor(hidden=(8,), dropout=0.2, max_epochs=6, random_state=seed)
    return network.fit(X, Y).predict(X).tobytes()


def test_threads_do_not_draw_from_each_other() -> None:
    alone = [fitted(seed) for seed in range(6)]
    before = torch.random.get_rng_state()
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(fitted, range(6)))
        # A thread that draws from the global generator meanwhile changes nothing either.
        noise = pool.submit(lambda: [torch.rand(10) for _ in range(200)])
        again = list(pool.map(fitted, range(6)))
        noise.result()
    assert together == alone == again
    assert len(set(alone)) == 6
    assert torch.get_num_threads() == threads
    torch.random.set_rng_state(before)
    fitted(1)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_layers_start_as_torch_s_own_do() -> None:
    draws = _Draws(3, torch.device("cpu"))
    linear, _, _, dropout, last = _layers(5, (4,), 0.3, draws)
    rows = torch.ones(7, 4)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        theirs, their_last = torch.nn.Linear(5, 4), torch.nn.Linear(4, 1)
        their_rows = torch.nn.Dropout(0.3)(rows)
    assert torch.equal(linear.weight, theirs.weight)
    assert torch.equal(linear.bias, theirs.bias)
    assert torch.equal(last.weight, their_last.weight)
    assert torch.equal(dropout(rows), their_rows)
    assert torch.equal(dropout.eval()(rows), rows)
