"""torch networks as models: declared outputs, eval mode, and numbers equal to torch's own."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from whogains.errors import InputError
from whogains.frames import encode
from whogains.models import TorchModel, adapt_model, fit_model, fit_panel

torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")
nn = torch.nn

RNG = np.random.default_rng(3)
MATRIX = RNG.normal(size=(60, 4))
COLUMNS = encode(MATRIX).columns


def network(*, outputs=1, last=(), dtype=torch.float64):
    torch.manual_seed(0)
    layers = [nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5)]
    net = nn.Sequential(*layers, nn.Linear(16, outputs), *last).to(dtype)
    # Two passes in training mode, so that the batch norm has something to say.
    for _ in range(2):
        net(torch.as_tensor(MATRIX, dtype=dtype) * 3 + 1)
    return net


def own(net):
    with torch.no_grad():
        return net.eval()(torch.as_tensor(MATRIX)).numpy()


def test_each_output_is_turned_into_predictions():
    net = network()
    found = adapt_model(TorchModel(net, "logit"), COLUMNS, "classification").predict(MATRIX)
    np.testing.assert_allclose(found, expit(own(net)[:, 0]), rtol=1e-12)
    found = adapt_model(TorchModel(net, "value"), COLUMNS, "regression").predict(MATRIX)
    np.testing.assert_allclose(found, own(net)[:, 0], rtol=1e-12)
    sigmoid = network(last=[nn.Sigmoid()])
    model = adapt_model(TorchModel(sigmoid, "probability"), COLUMNS, "classification")
    np.testing.assert_allclose(model.predict(MATRIX), own(sigmoid)[:, 0], rtol=1e-12)
    two = network(outputs=2)
    softmax = np.exp(own(two))[:, 1] / np.exp(own(two)).sum(axis=1)
    found = adapt_model(TorchModel(two, "logit"), COLUMNS, "classification").predict(MATRIX)
    np.testing.assert_allclose(found, softmax, rtol=1e-12)
    probabilities = network(outputs=2, last=[nn.Softmax(dim=1)])
    model = adapt_model(TorchModel(probabilities, "probability"), COLUMNS, "classification")
    np.testing.assert_allclose(model.predict(MATRIX), own(probabilities)[:, 1], rtol=1e-12)


def test_numpy_torch_and_a_black_box_say_the_same():
    net = network().eval()
    first, norm, _, _, second = net
    w1, b1, w2, b2 = (
        part.detach().numpy() for part in (first.weight, first.bias, second.weight, second.bias)
    )
    mean, var = norm.running_mean.numpy(), norm.running_var.numpy()
    scale = norm.weight.detach().numpy() / np.sqrt(var + norm.eps)

    def by_hand(frame):
        hidden = (frame.to_numpy() @ w1.T + b1 - mean) * scale + norm.bias.detach().numpy()
        return expit(np.maximum(hidden, 0) @ w2[0] + b2[0])

    one = adapt_model(by_hand, COLUMNS, "classification")
    two = adapt_model(TorchModel(net, "logit"), COLUMNS, "classification")
    np.testing.assert_allclose(one.predict(MATRIX), two.predict(MATRIX), rtol=1e-12)


def test_the_module_itself_is_left_as_it_is():
    net = network().train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    model = adapt_model(TorchModel(net, "value"), COLUMNS, "regression")
    once = model.predict(MATRIX)
    # Dropout is off in the copy.
    np.testing.assert_array_equal(once, model.predict(MATRIX))
    assert net.training
    assert all(parameter.requires_grad for parameter in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_a_bare_module_is_taken_where_nothing_has_to_be_guessed():
    net = network()
    assert adapt_model(net, COLUMNS, "regression").network is not None
    ends = network(last=[nn.Sigmoid()])
    found = adapt_model(ends, COLUMNS, "classification").predict(MATRIX)
    np.testing.assert_allclose(found, own(ends)[:, 0], rtol=1e-12)
    with pytest.raises(InputError, match="log-odds or probabilities cannot be seen; say so"):
        adapt_model(net, COLUMNS, "classification")


class Hooked(nn.Module):
    """No plain sequence of layers, and with a second batch norm that nothing comes before."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.line = nn.Linear(4, 1)

    def forward(self, rows):
        return torch.tanh(self.line(self.norm(rows)))


def test_modules_of_any_form_and_float32():
    torch.manual_seed(1)
    net = Hooked()
    net(torch.as_tensor(MATRIX, dtype=torch.float32))
    with torch.no_grad():
        wanted = net.eval()(torch.as_tensor(MATRIX, dtype=torch.float32))[:, 0].numpy()
    found = adapt_model(net, COLUMNS, "regression").predict(MATRIX)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    odd = nn.Sequential(nn.BatchNorm1d(4), nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)))
    odd = nn.Sequential(odd, nn.Linear(3, 1)).double()
    odd(torch.as_tensor(MATRIX))
    found = adapt_model(odd, COLUMNS, "regression").predict(MATRIX)
    np.testing.assert_allclose(found, own(odd)[:, 0], rtol=1e-12)


class Cubes(nn.Module):
    """Rows of four numbers as squares."""

    def forward(self, rows):
        return rows.reshape(-1, 2, 2)


@pytest.mark.parametrize("reshape", [nn.Unflatten(1, (2, 2)), Cubes()])
def test_a_batch_norm_along_another_dimension_is_not_merged(reshape):
    torch.manual_seed(1)
    lines = nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Flatten(), nn.Linear(4, 1)
    net = nn.Sequential(reshape, *lines).double()
    net(torch.as_tensor(MATRIX) * 3 + torch.arange(4))
    found = adapt_model(net, COLUMNS, "regression").predict(MATRIX)
    np.testing.assert_allclose(found, own(net)[:, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("model", "task", "message"),
    [
        (lambda: TorchModel(network(), "value"), "classification", "'value'; for classification"),
        (lambda: TorchModel(network(), "logit"), "regression", "must be 'value'"),
        (
            lambda: TorchModel(network(last=[nn.Sigmoid()]), "logit"),
            "classification",
            "its last layer is a sigmoid",
        ),
        (lambda: TorchModel("net.pt", "logit"), "classification", "module is a str"),
        (
            lambda: TorchModel(network(), "value", device="cuda:7"),
            "regression",
            "device='cuda:7' was asked for the generic model and is not there .*; use device='cpu'",
        ),
        (lambda: TorchModel(network(), "value", device="abacus"), "regression", "'abacus'"),
    ],
)
def test_what_cannot_be_used(model, task, message):
    with pytest.raises(InputError, match=message):
        adapt_model(model(), COLUMNS, task)


def test_categories_and_wrong_shapes_are_told():
    text = encode({"a": [1.0, 2.0], "g": ["x", "y"]}).columns
    with pytest.raises(InputError, match="column 'g' is not a number"):
        adapt_model(network(), text, "regression")
    with pytest.raises(InputError, match="failed to predict 60 rows"):
        adapt_model(network(), COLUMNS[:3], "regression").predict(MATRIX[:, :3])
    with pytest.raises(InputError, match=r"shape \(60, 3\) for 60 rows"):
        adapt_model(network(outputs=3), COLUMNS, "regression").predict(MATRIX)
    logits = TorchModel(network(), "probability")
    with pytest.raises(InputError, match="not probabilities"):
        adapt_model(logits, COLUMNS, "classification").predict(10 * MATRIX)


N = 300
FRAME = pd.DataFrame(
    {
        "a": np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(size=N)),
        "b": 50 + 10 * RNG.normal(size=N),
        "site": RNG.choice(["e", "n", "w"], N),
    }
)
PERSONAL = pd.DataFrame({"sex": RNG.choice(["F", "M"], N)})
MALE = (PERSONAL["sex"] == "M").to_numpy()
SCORE = (FRAME["b"] - 50) / 5 + 2 * MALE
VALUE = (100 + 20 * SCORE + RNG.normal(0, 2, N)).to_numpy()
LABEL = (SCORE + RNG.normal(0, 0.5, N) > 1).to_numpy(float)
X, S = encode(FRAME), encode(PERSONAL)


def test_mlp_learns_in_the_outcome_s_units():
    pair = fit_panel(
        {"generic": X, "personalized": X.join(S)}, VALUE, "regression", estimator="mlp"
    )
    generic = pair["generic"].predict(X.matrix)
    personalized = pair["personalized"].predict(X.join(S).matrix)
    assert 1 - np.mean((VALUE - generic) ** 2) / VALUE.var() > 0.7
    assert 1 - np.mean((VALUE - personalized) ** 2) / VALUE.var() > 0.95
    assert pair["generic"].network.source.tolist() == [0, 1, 2, 2, 2]


def test_mlp_gives_probabilities():
    model = fit_model(X.join(S), LABEL, "classification", estimator="mlp")
    found = model.predict(X.join(S).matrix)
    assert np.mean((found >= 0.5) == LABEL) > 0.9
    assert abs(found.mean() - LABEL.mean()) < 0.05


def test_mlp_gives_the_same_bytes_and_leaves_torch_alone():
    torch.manual_seed(7)
    wanted, threads = torch.rand(1), torch.get_num_threads()
    torch.manual_seed(7)
    one, two = (
        fit_model(X, VALUE, "regression", estimator="mlp", random_state=5).predict(X.matrix)
        for _ in range(2)
    )
    assert one.tobytes() == two.tobytes()
    assert torch.rand(1) == wanted
    assert torch.get_num_threads() == threads
    other = fit_model(X, VALUE, "regression", estimator="mlp", random_state=6).predict(X.matrix)
    assert (one != other).any()


def test_dropout_is_for_training_only():
    from whogains.models.torch_mlp import MLPRegressor

    rows, wide = RNG.normal(size=(N, 3)), (16, 8, 4)
    value = rows[:, 0] + RNG.normal(0, 0.1, N)
    fitted = {
        dropout: MLPRegressor(hidden=wide, dropout=dropout, random_state=1).fit(rows, value)
        for dropout in (0.0, 0.3)
    }
    for model in fitted.values():
        layers = [type(layer).__name__ for layer in model.module_]
        assert layers == ["Standardize", *3 * ["Linear", "BatchNorm1d", "ReLU"], "Linear"]
        widths = [layer.out_features for layer in model.module_ if hasattr(layer, "out_features")]
        assert widths == [*wide, 1]
        assert np.corrcoef(model.predict(rows), value)[0, 1] > 0.9
    # The same weights at first, and then steps without a part of the outputs.
    assert (fitted[0.0].predict(rows) != fitted[0.3].predict(rows)).any()
    again = MLPRegressor(hidden=wide, dropout=0.3, random_state=1).fit(rows, value)
    assert again.predict(rows).tobytes() == fitted[0.3].predict(rows).tobytes()


def test_mlp_stops_on_rows_that_it_does_not_step_on():
    from whogains.models.torch_mlp import MLPClassifier, set_aside

    aside = set_aside(LABEL, 0.2, seed=0)
    for label in (0, 1):
        assert abs(aside[label == LABEL].mean() - 0.2) < 0.01
    # Pure noise: what is learned by heart does not help the rows set aside.
    noise = RNG.integers(0, 2, N).astype(float)
    rows = RNG.normal(size=(N, 20))
    stopped = MLPClassifier(random_state=0).fit(rows, noise)
    learned = MLPClassifier(random_state=0, max_epochs=200, patience=200).fit(rows, noise)
    late = MLPClassifier(random_state=0, max_epochs=1).fit(rows, noise)
    gap = [abs(model.predict_proba(rows)[:, 1] - 0.5).mean() for model in (stopped, learned, late)]
    # Waiting longer finds the same best epoch, or a better one for the rows set aside.
    assert gap[0] < 0.3
    assert gap[1] < 0.3


def test_mlp_needs_a_few_rows():
    few = X.take(np.arange(8))
    with pytest.raises(InputError, match="mlp needs at least 10 training rows, and has 8"):
        fit_model(few, VALUE[:8], "regression", estimator="mlp")


def test_a_constant_column_and_outcome_do_no_harm():
    table = encode({"a": np.zeros(50), "b": RNG.normal(size=50)})
    found = fit_model(table, np.full(50, 3.0), "regression", estimator="mlp").predict(table.matrix)
    assert np.isfinite(found).all()
    assert abs(found - 3).max() < 2
