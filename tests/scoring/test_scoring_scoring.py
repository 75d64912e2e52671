"""Checkpoints, repeats, self-checks and models that do not say the same twice."""

import numpy as np
import pandas as pd
import pytest

from whogains.errors import InputError
from whogains.explain import ExplanationSettings, GivenAttributions, permutation_shap
from whogains.frames import Table, encode
from whogains.models import adapt_pair
from whogains.scoring import score_cross_fit, score_models
from whogains.scoring.checkpoint import Checkpoint, digest
from whogains.scoring.job import Inputs

RNG = np.random.default_rng(31)
N = 120
FRAME = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)})
X, S = encode(FRAME), encode({"s": RNG.integers(0, 2, N).astype(float)})
Y = (FRAME["a"] * FRAME["b"] + S.matrix[:, 0]).to_numpy()


def generic(frame):
    return frame["a"] * frame["b"] * frame["c"] + frame["a"]


def personalized(frame):
    return generic(frame) + frame["s"] * frame["a"]


PAIR = adapt_pair(generic, personalized, X, S, "regression")


def numbers(scores):
    """Everything that was scored, as bytes."""
    parts = [scores.predictions["generic"], scores.predictions["personalized"]]
    for each in scores.explanations:
        for masked in each.masked.values():
            parts += [masked.full, masked.kept, masked.removed]
    return b"".join(part.tobytes() for part in parts), tuple(scores.checks.values())


def test_a_model_that_never_says_the_same_is_refused():
    rng = np.random.default_rng(0)

    def noisy(frame):
        return frame["a"] + rng.normal(0, 0.01, len(frame))

    with pytest.raises(InputError, match="personalized model's predictions change between"):
        score_models(adapt_pair(generic, noisy, X, S, "regression"), X, S)


def test_rounding_is_no_change():
    rng = np.random.default_rng(0)

    def nearly(frame):
        return personalized(frame) + rng.normal(0, 1e-12)

    pair = adapt_pair(generic, nearly, X, S, "regression")
    assert len(score_models(pair, X, S).predictions["personalized"]) == N


def test_dropout_that_is_left_on_is_refused():
    torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")

    class Always(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.line = torch.nn.Linear(3, 1)

        def forward(self, rows):
            return torch.nn.functional.dropout(self.line(rows), 0.5, training=True)

    pair = adapt_pair(Always(), lambda frame: frame["a"], X, S, "regression")
    with pytest.raises(InputError, match="switch off what is random in it, such as dropout"):
        score_models(pair, X, S)


SETTINGS = ExplanationSettings(
    ["permutation_shap:1", "occlusion"], [0.5, 1], baseline=2, repeats=2, batch_rows=50
)


class Killed(BaseException):
    """As from outside: nothing catches it."""


@pytest.mark.parametrize("steps", [0, 3, 9, 15])
def test_a_killed_run_continues_with_the_same_bytes(tmp_path, steps):
    whole = numbers(score_models(PAIR, X, S, SETTINGS))

    def killer(_stage, done, _total):
        if done == steps:
            raise Killed

    with pytest.raises(Killed):
        score_models(PAIR, X, S, SETTINGS, progress=killer, checkpoint=tmp_path)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(kept) == max(0, steps - 1)
    assert numbers(score_models(PAIR, X, S, SETTINGS, checkpoint=tmp_path)) == whole
    # What was there is used, not written again, and a full folder gives the same once more.
    assert all((tmp_path / name).stat().st_mtime_ns == at for name, at in kept.items())
    assert numbers(score_models(PAIR, X, S, SETTINGS, checkpoint=tmp_path)) == whole


def test_cross_fitting_continues_too(tmp_path):
    settings = ExplanationSettings(["tree_shap"], [0.5])
    whole = numbers(score_cross_fit(X, S, Y, "regression", settings, folds=2))
    for _ in range(2):
        again = score_cross_fit(X, S, Y, "regression", settings, folds=2, checkpoint=tmp_path)
        assert numbers(again) == whole
    assert len(list(tmp_path.iterdir())) == 4


def test_another_run_finds_nothing_in_the_folder(tmp_path):
    def files(pair=PAIR, personal=S, **changed):
        given = {"explainers": ["occlusion"], "keeps": [0.5]} | changed
        score_models(pair, X, personal, ExplanationSettings(**given), checkpoint=tmp_path)
        return len(list(tmp_path.iterdir()))

    # Each of them a file for each model; the generic one has no other personal columns.
    assert files() == 2
    assert files() == 2
    assert files(keeps=[1.0]) == 4
    assert files(keeps=[1]) == 6
    assert files(signed=True) == 8
    assert files(baseline="zeros") == 10
    assert files(random_state=1) == 12
    assert files(feature_groups={"a": "g", "b": "g"}) == 14
    # This one differs from the generic model only where no row is, but rows with features of
    # several people are.
    product = FRAME.prod(axis=1).abs().max()

    def far(frame):
        return generic(frame) + (frame.abs()["a"] * frame["b"] * frame["c"] > product)

    assert files(adapt_pair(far, personalized, X, S, "regression")) == 15


def test_a_damaged_file_is_made_again(tmp_path):
    whole = numbers(score_models(PAIR, X, S, SETTINGS, checkpoint=tmp_path))
    for path, damage in zip(sorted(tmp_path.iterdir()), (b"", b"no numbers", None), strict=False):
        path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    other = sorted(tmp_path.iterdir())
    # Whole, but of another shape; and one bit of a number that a bad disk has turned.
    Checkpoint(tmp_path).put(other[3].stem, np.zeros((2, 2)))
    flipped = bytearray(other[4].read_bytes())
    flipped[-60] ^= 16
    other[4].write_bytes(bytes(flipped))
    assert numbers(score_models(PAIR, X, S, SETTINGS, checkpoint=tmp_path)) == whole


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write the checkpoint folder"):
        Checkpoint.at(tmp_path / "file")


def test_digests_tell_arrays_apart():
    zeros = np.zeros(6)
    assert digest(zeros) != digest(zeros.reshape(2, 3)) != digest(zeros.astype(np.float32))
    assert digest("ab", "c") != digest("a", "bc")


def test_repeats_run_again_with_the_next_seeds():
    settings = ExplanationSettings(["permutation_shap:1", "occlusion"], [1], repeats=3)
    found = score_models(PAIR, X, S, settings).explanations
    assert [(each.explainer, each.repeat) for each in found] == [
        ("permutation_shap:1", 0),
        ("permutation_shap:1", 1),
        ("permutation_shap:1", 2),
        ("occlusion", 0),
    ]
    for each in found[:3]:
        seeded = ExplanationSettings(["permutation_shap:1"], [1], random_state=each.repeat)
        (alone,) = score_models(PAIR, X, S, seeded).explanations
        np.testing.assert_array_equal(each.masked["generic"].kept, alone.masked["generic"].kept)


def test_batches_do_not_matter():
    explainers = ["permutation_shap:1", "occlusion"]
    whole = numbers(score_models(PAIR, X, S, ExplanationSettings(explainers, [0.5, 2])))[0]
    for rows in (13, 1000):
        parts = ExplanationSettings(explainers, [0.5, 2], batch_rows=rows)
        assert numbers(score_models(PAIR, X, S, parts))[0] == whole
    many = Table(np.zeros((10, 1)), X.columns[:1] * 10**6)
    wide = Inputs(many, {"generic": S}).blocks(ExplanationSettings())
    assert [at.stop for at in wide] == list(range(1, 11))


def test_given_attributions_are_those_of_their_explainer():
    made = [
        permutation_shap(model, table.matrix, table.matrix.mean(axis=0), 0)
        for model, table in zip(PAIR.values(), (X, X.join(S)), strict=True)
    ]
    settings = ExplanationSettings(
        [GivenAttributions("mine", *made)],
        [0.5],
        batch_rows=33,
        baseline="mean",
        mask_personal=True,
    )
    (given,) = score_models(PAIR, X, S, settings).explanations
    (own,) = score_models(
        PAIR, X, S, ExplanationSettings(["permutation_shap"], baseline="mean", mask_personal=True)
    ).explanations
    assert given.explainer == "mine"
    np.testing.assert_array_equal(
        given.masked["personalized"].kept, own.masked["personalized"].kept
    )
    np.testing.assert_array_equal(given.masked["generic"].removed, own.masked["generic"].removed)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((np.zeros((N, 3)), np.zeros((N, 3))), r"returned an array of shape \(120, 3\)"),
        ((np.zeros((N, 2)), np.zeros((N, 4))), r"must be \(120, 3\)"),
        ((np.full((N, 3), np.nan), np.zeros((N, 4))), "missing or infinite"),
        ((np.zeros((7, 3)), np.zeros((7, 4))), "give one row for each of the 120 rows"),
    ],
)
def test_wrong_given_attributions(given, message):
    settings = ExplanationSettings([GivenAttributions("mine", *given)])
    with pytest.raises(InputError, match=message):
        score_models(PAIR, X, S, settings)


def test_given_attributions_need_given_models():
    settings = ExplanationSettings([GivenAttributions("mine", np.zeros((N, 3)), np.zeros((N, 4)))])
    with pytest.raises(InputError, match="are of models that exist already"):
        score_cross_fit(X, S, Y, "regression", settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"repeats": 0}, "explainer_repeats=0"),
        ({"batch_rows": 0}, "batch_rows=0"),
        ({"baseline": -1}, "baseline=-1"),
        ({"baseline": {"s": 1.0, "q": 2.0}}, "baseline names the column 'q'"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(InputError, match=message):
        score_models(PAIR, X, S, ExplanationSettings(["occlusion"], **settings))


def test_self_checks_are_told():
    torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")
    torch.manual_seed(0)

    def net(width):
        wide = torch.nn.Linear(width, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)
        return torch.nn.Sequential(*wide)

    pair = adapt_pair(net(3), net(4), X, S, "regression")
    settings = ExplanationSettings(["integrated_gradients:2", "integrated_gradients:300"])
    found = score_models(pair, X, S, settings)
    few, many = found.notes
    assert few.startswith("warning: integrated_gradients:2: attributions do not add up")
    assert "more steps would close it (integrated_gradients:NUMBER)" in few
    assert many.startswith("integrated_gradients:300: attributions add up")
    gap = found.checks["integrated_gradients:2", "generic"].relative_gap
    assert f"{gap:.2%} for the generic model" in few
    exact = score_models(pair, X, S, ExplanationSettings(["permutation_shap"]))
    assert exact.notes == ()
    assert exact.checks["permutation_shap", "generic"].relative_gap < 1e-5


def test_progress_tells_rows_per_second():
    told = []
    settings = ExplanationSettings(["occlusion"], batch_rows=50)
    score_models(PAIR, X, S, settings, progress=lambda *step: told.append(step[0]))
    assert told[1] == "occlusion of the generic model"
    assert told[2].startswith("occlusion of the generic model, ")
    assert told[2].endswith(" rows/s")


def test_a_speed_is_known_from_the_fold_before():
    told = []

    def progress(stage, _done, _total):
        told.append(stage)

    settings = ExplanationSettings(["occlusion"])
    score_cross_fit(X, S, Y, "regression", settings, folds=2, progress=progress)
    first, second = (text for text in told if "occlusion of the generic model" in text)
    assert first == "fold 1 of 2: occlusion of the generic model"
    assert second.startswith("fold 2 of 2: occlusion of the generic model, ")
    assert second.endswith(" rows/s")
