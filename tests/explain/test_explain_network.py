"""Explainers of networks, against captum's."""

import warnings

import numpy as np
import pytest

from whogains.errors import InputError
from whogains.explain import (
    attribute,
    completeness,
    deeplift,
    find_explainer,
    gradient_shap,
    integrated_gradients,
    masked_predictions,
    network,
    permutation_shap,
    shapley_sampling,
)
from whogains.frames import encode
from whogains.models import TorchModel, adapt_model, fit_model

torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")
captum = pytest.importorskip("captum.attr", reason="captum is not installed (extra torch)")
nn = torch.nn

RNG = np.random.default_rng(1)
MATRIX = RNG.normal(size=(40, 5))
BASELINE = np.array([0.0, 0.2, -0.1, 0.0, 0.3])
MATRIX[3] = BASELINE
MATRIX[4, 2] = BASELINE[2]
COLUMNS = encode(MATRIX).columns
ALL = [integrated_gradients, deeplift, gradient_shap, shapley_sampling]


def net_of(activation=nn.ReLU, last=()):
    torch.manual_seed(0)
    layers = [nn.Linear(5, 24), nn.BatchNorm1d(24), activation(), nn.Linear(24, 8), activation()]
    net = nn.Sequential(*layers, nn.Linear(8, 1), *last).double()
    net(torch.as_tensor(MATRIX) * 2)
    return net.eval()


def model_of(net, output="logit"):
    return adapt_model(TorchModel(net, output), COLUMNS, "classification")


def captums(explainer, net, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # With one number per row; DeepLift takes modules only.
        by_layers = explainer is captum.DeepLift
        found = explainer(net if by_layers else lambda rows: net(rows)[:, 0])
        rows, reference = torch.as_tensor(MATRIX), torch.as_tensor(BASELINE)[None, :]
        return found.attribute(rows, reference, **options).detach().numpy()


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.ELU, nn.Sigmoid])
def test_integrated_gradients_and_deeplift_are_captum_s(activation):
    net = net_of(activation)
    found = integrated_gradients(model_of(net), MATRIX, BASELINE, 0)
    np.testing.assert_allclose(found, captums(captum.IntegratedGradients, net), atol=1e-9)
    found = deeplift(model_of(net), MATRIX, BASELINE, 0)
    np.testing.assert_allclose(found, captums(captum.DeepLift, net), atol=1e-9)


def test_through_a_sigmoid_and_a_softmax():
    net = net_of(last=[nn.Sigmoid()])
    model = model_of(net, "probability")
    found = deeplift(model, MATRIX, BASELINE, 0)
    np.testing.assert_allclose(found, captums(captum.DeepLift, net), atol=1e-9)
    torch.manual_seed(0)
    two = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2), nn.Softmax(dim=1)).double()
    model = model_of(two, "probability")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = captum.DeepLift(two).attribute(
            torch.as_tensor(MATRIX), torch.as_tensor(BASELINE)[None, :], target=1
        )
    np.testing.assert_allclose(deeplift(model, MATRIX, BASELINE, 0), wanted.detach(), atol=1e-9)


def test_fewer_steps_are_captum_s_too():
    explainer = find_explainer("integrated_gradients:7", ())
    found = explainer.attributor(model_of(net_of()), MATRIX, BASELINE, 0)
    wanted = captums(captum.IntegratedGradients, net_of(), n_steps=7)
    np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_in_float32_nearly_all_masks_are_those_of_captum():
    rows = RNG.normal(size=(2000, 5))
    net = net_of().float()
    found = integrated_gradients(model_of(net), rows, BASELINE, 0)
    wanted = captum.IntegratedGradients(lambda x: net(x)[:, 0]).attribute(
        torch.as_tensor(rows, dtype=torch.float32),
        torch.as_tensor(BASELINE, dtype=torch.float32)[None, :],
    )
    top = [np.sort(np.argsort(-abs(a), axis=1)[:, :2]) for a in (found, wanted.detach().numpy())]
    assert (top[0] != top[1]).any(axis=1).mean() <= 0.005


def test_gradient_shap_has_the_expectation_of_captum_s():
    found = gradient_shap(model_of(net_of(nn.Tanh)), MATRIX, BASELINE, 0, samples=3000)
    exact = captums(captum.IntegratedGradients, net_of(nn.Tanh))
    np.testing.assert_allclose(found, exact, atol=0.03)
    torch.manual_seed(0)
    state = np.random.get_state()
    wanted = captums(captum.GradientShap, net_of(nn.Tanh), n_samples=1000)
    np.random.set_state(state)
    np.testing.assert_allclose(found, wanted, atol=0.08)


def test_shapley_sampling_is_captum_s_and_close_to_the_exact_values():
    net = net_of()
    model = model_of(net)
    torch.manual_seed(11)
    wanted = captums(captum.ShapleyValueSampling, net, n_samples=25)
    found = shapley_sampling(model, MATRIX, BASELINE, 11)
    np.testing.assert_allclose(found, wanted, atol=1e-9)

    def values(frame):
        return net(torch.tensor(frame.to_numpy()))[:, 0].detach().numpy()

    score = adapt_model(values, COLUMNS, "regression")
    exact = permutation_shap(score, MATRIX, BASELINE, 0, permutations=300)
    many = shapley_sampling(model, MATRIX, BASELINE, 0, samples=600)
    np.testing.assert_allclose(many, exact, atol=0.05)


@pytest.mark.parametrize("explain", ALL)
def test_a_row_s_explanation_does_not_depend_on_the_others(explain, monkeypatch):
    model = model_of(net_of())
    found = explain(model, MATRIX, BASELINE, 4)
    order = RNG.permutation(40)
    np.testing.assert_allclose(explain(model, MATRIX[order], BASELINE, 4), found[order], atol=1e-12)
    monkeypatch.setattr(network, "PASS_ROWS", {"cpu": 7})
    np.testing.assert_allclose(explain(model, MATRIX, BASELINE, 4), found, atol=1e-12)
    np.testing.assert_allclose(found[3], 0, atol=1e-12)


@pytest.mark.parametrize("explain", [gradient_shap, shapley_sampling])
def test_draws_follow_the_seed_and_leave_torch_s_alone(explain):
    model = model_of(net_of())
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    one, again, other = (explain(model, MATRIX, BASELINE, seed) for seed in (0, 0, 1))
    assert torch.rand(1) == wanted
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


FRAME = {
    "n": 5 + RNG.normal(size=200),
    "g": RNG.choice(["x", "y", "z"], 200),
    "m": np.where(RNG.random(200) < 0.1, np.nan, RNG.normal(size=200)),
}
TABLE = encode(FRAME)
Y = FRAME["n"] + (FRAME["g"] == "x") * np.nan_to_num(FRAME["m"])


@pytest.mark.parametrize(
    "name", ["integrated_gradients", "deeplift", "shapley_sampling", "integrated_gradients:200"]
)
def test_categories_are_one_feature_and_rows_add_up(name):
    model = fit_model(TABLE, Y, "regression", estimator="mlp")
    baselines = np.array([[5.0, 1.0, 0.0], [4.0, 0.0, np.nan]])
    explainer = find_explainer(name, [model])
    found = attribute(explainer, model, TABLE.matrix, baselines, 0)
    wanted = model.predict(TABLE.matrix) - model.predict(baselines).mean()
    check = completeness(explainer, model, TABLE.matrix, baselines, found)
    assert check.relative_gap <= explainer.tolerance
    gap = found.sum(axis=1) - wanted
    np.testing.assert_allclose(check.worst, abs(gap).max(), rtol=1e-3, atol=1e-6)
    rms = np.sqrt(np.mean(gap**2) / np.mean(wanted**2))
    np.testing.assert_allclose(check.relative_gap, rms, rtol=1e-2, atol=1e-6)
    # Against both baselines a feature that equals them gets nothing.
    same = TABLE.matrix[:1].copy()
    same[0, 1] = 1.0
    assert attribute(explainer, model, same, baselines[:1], 0)[0, 1] == 0


class Functional(nn.Module):
    """ReLU as a function, which no rule can be hooked into."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(5, 12), nn.Linear(12, 1)

    def forward(self, rows):
        return self.second(torch.relu(self.first(rows)))


def test_a_rule_that_cannot_be_applied_shows_in_the_sums():
    torch.manual_seed(0)
    model = model_of(Functional().double())
    explainer = find_explainer("deeplift", [model])
    found = attribute(explainer, model, MATRIX, BASELINE[None, :], 0)
    check = completeness(explainer, model, MATRIX, BASELINE[None, :], found)
    assert check.relative_gap > explainer.tolerance


@pytest.mark.parametrize("explain", ALL)
def test_other_models_have_no_gradients(explain):
    model = adapt_model(lambda frame: frame["x0"], COLUMNS, "regression")
    with pytest.raises(InputError, match="the generic model is none; use permutation_shap"):
        explain(model, MATRIX, BASELINE, 0)


def test_networks_get_integrated_gradients_by_default():
    assert find_explainer("auto", [model_of(net_of())]).name == "integrated_gradients"


def test_masks_of_a_network_and_of_the_same_function_as_a_black_box():
    net = net_of()
    black_box = adapt_model(
        lambda f: torch.sigmoid(net(torch.tensor(f.to_numpy())))[:, 0].detach().numpy(),
        COLUMNS,
        "classification",
    )
    attributions = RNG.normal(size=MATRIX.shape)
    baselines = np.vstack([BASELINE, np.ones(5)])
    one, other = (
        masked_predictions(model, MATRIX, attributions, [1, 0.5], baselines)
        for model in (model_of(net), black_box)
    )
    for a, b in zip(one, other, strict=True):
        for part in ("full", "kept", "removed"):
            np.testing.assert_allclose(getattr(a, part), getattr(b, part), rtol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("explain", ALL)
def test_a_gpu_says_the_same(explain):
    net = net_of()
    there = adapt_model(TorchModel(net, "logit", device="cuda"), COLUMNS, "classification")
    here = model_of(net)
    np.testing.assert_allclose(there.predict(MATRIX), here.predict(MATRIX), atol=1e-9)
    found, wanted = (explain(model, MATRIX, BASELINE, 0) for model in (there, here))
    np.testing.assert_allclose(found, wanted, atol=1e-9)
