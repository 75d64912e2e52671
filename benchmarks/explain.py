"""Time of explaining networks, trees and any model, against their own passes in the same run.

Run it from the repository root: ``python benchmarks/explain.py``. It writes one table. Ratios are
medians over rounds; in each round the floor and everything that is compared with it take turns.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import captum.attr as captum
import numpy as np
import shap
import sklearn
import torch
from numpy.typing import NDArray

import whogains as wg
from whogains import explain, models, scoring
from whogains.api.explaining import explanation_scores
from whogains.costs import explanation_costs
from whogains.evidence import attributes, cross, evidence_from_scores
from whogains.frames import encode
from whogains.models.torch_score import merged
from whogains.scoring import ExplanationScores

FloatArray = NDArray[np.float64]

ROWS, FEATURES, STEPS = 13_337, 88, 50
WIDTHS = (88, 512, 256, 64)
KEEPS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8]
PASS = 2048  # rows of a bare pass: the fastest of 512 to 16384
SIZES = (10_000, 100_000, 1_000_000)
SAME_MASKS = 0.98  # of mask entries that a cheaper setting must keep
ANY = 1_000  # rows explained as those of a model that cannot be read
# How long the first call takes in a process that has shap.
FIRST = """
import time, warnings
import numpy as np
warnings.simplefilter("ignore")
import shap
from whogains import explain, frames, models
rows = np.ones((1, 2))
model = models.adapt_model(
    lambda frame: frame.to_numpy().sum(axis=1), frames.encode(rows).columns, "regression"
)
start = time.perf_counter()
explain.permutation_shap(model, rows, np.zeros(2), 0)
print(time.perf_counter() - start)
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what took how long, and how that compares with its floor."""

    what: str
    seconds: float
    ratio: float | None
    note: str = ""


def network() -> torch.nn.Sequential:
    """Return an MLP 88-512-256-64-1 with batch norms that have seen data."""
    torch.manual_seed(0)
    layers: list[torch.nn.Module] = []
    for wide, narrow in pairwise(WIDTHS):
        layers += [torch.nn.Linear(wide, narrow), torch.nn.BatchNorm1d(narrow), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(WIDTHS[-1], 1))
    for _ in range(5):
        net(torch.randn(4096, FEATURES) * 1.5)
    return net.eval().requires_grad_(requires_grad=False)


def forward(net: torch.nn.Module, rows: torch.Tensor, times: int) -> None:
    """Pass all rows through a network, so many times: the floor of masks and sampling."""
    with torch.inference_mode():
        for _ in range(times):
            for start in range(0, len(rows), PASS):
                net(rows[start : start + PASS])


def forward_backward(net: torch.nn.Module, rows: torch.Tensor, times: int) -> None:
    """Pass all rows and take input gradients, so many times: the floor of gradients."""
    for _ in range(times):
        for start in range(0, len(rows), PASS):
            part = rows[start : start + PASS].clone().requires_grad_()
            torch.autograd.grad(net(part).sum(), part)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rounds(works: dict[str, Callable[[], object]], repeats: int) -> dict[str, FloatArray]:
    """Time all works in turn, repeatedly, after a first round that is thrown away."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for at in range(repeats + 1):
        for name, work in works.items():
            took = seconds(work)
            if at:
                times[name].append(took)
    return {name: np.array(values) for name, values in times.items()}


def lines(
    times: dict[str, FloatArray], floor: str, notes: dict[str, str] | None = None
) -> list[Line]:
    """Compare the times with the floor of their own round."""
    return [
        Line(
            name,
            float(np.median(values)),
            None if name == floor else float(np.median(values / times[floor])),
            (notes or {}).get(name, ""),
        )
        for name, values in times.items()
    ]


def masks_by_rows(
    net: torch.nn.Module, rows: FloatArray, attributions: FloatArray, keep: float
) -> tuple[FloatArray, FloatArray]:
    """Mask one row after the other, then predict all: the plain way."""
    kept, removed = np.zeros_like(rows), rows.copy()
    count = explain.how_many(keep, rows.shape[1])
    for i in range(len(rows)):
        top = np.argsort(-np.abs(attributions[i]), kind="stable")[:count]
        kept[i, top] = rows[i, top]
        removed[i, top] = 0.0
    with torch.inference_mode():
        return tuple(  # type: ignore[return-value]  # two of them
            torch.sigmoid(net(torch.as_tensor(part, dtype=torch.float32))[:, 0]).double().numpy()
            for part in (kept, removed)
        )


class Subject:
    """The network, its rows, and two audited models of it."""

    def __init__(self, rows: int) -> None:
        rng = np.random.default_rng(0)
        self.matrix = rng.normal(size=(rows, FEATURES))
        self.rows = torch.as_tensor(self.matrix, dtype=torch.float32)
        self.net = network()
        self.merged = merged(self.net)
        self.baseline = np.zeros(FEATURES)
        self.reference = torch.zeros(1, FEATURES)
        self.groups = {
            "sex": rng.choice(["F", "M"], rows),
            "age": rng.choice(["old", "young"], rows),
        }
        columns = encode(self.matrix[:2]).columns
        given = models.TorchModel(self.net, "logit")
        self.pair = {
            name: models.adapt_model(given, columns, "classification", name=name)
            for name in ("generic", "personalized")
        }
        self.attributions = explain.integrated_gradients(
            self.pair["generic"], self.matrix, self.baseline, 0, steps=8
        )

    def score(self, rows: torch.Tensor) -> torch.Tensor:
        """One number per row, for captum."""
        scores: torch.Tensor = self.net(rows)[:, 0]
        return scores


def masks_table(subject: Subject, repeats: int) -> list[Line]:
    """Masks, costs and the table per group, for two models and eight keeps."""
    costs = explanation_costs("classification")
    grouping, codes = cross(attributes(wg.frames.to_pandas(subject.groups)))
    y = np.zeros(len(subject.matrix))

    def ours() -> list[explain.MaskedPredictions]:
        found = [
            explain.masked_predictions(
                model,
                subject.matrix,
                subject.attributions,
                KEEPS,
                subject.baseline[None, :],
                full=full,
            )
            for model in subject.pair.values()
        ]
        scores = [
            ExplanationScores("given", keep, *each)
            for keep, each in zip(KEEPS, zip(*found, strict=True), strict=True)
        ]
        evidence_from_scores(tuple(explanation_scores(costs, scores)), grouping, codes, y)
        return list(found[0])

    full = subject.pair["generic"].predict(subject.matrix)
    masked = ours()
    by_rows = [
        masks_by_rows(subject.net, subject.matrix, subject.attributions, keep) for keep in KEEPS
    ]
    gap = max(
        max(np.abs(one.kept - two[0]).max(), np.abs(one.removed - two[1]).max())
        for one, two in zip(masked, by_rows, strict=True)
    )
    passes = 2 * 2 * len(KEEPS)
    floor = f"{passes} bare forward passes, {passes // 2} for each of the two models"
    times = rounds(
        {
            floor: lambda: forward(subject.net, subject.rows, passes),
            "the same passes, batch norms merged": lambda: forward(
                subject.merged, subject.rows, passes
            ),
            "whogains: masks, costs, table per group": ours,
            "a plain loop over rows (masks and passes only)": lambda: [
                masks_by_rows(subject.net, subject.matrix, subject.attributions, keep)
                for keep in KEEPS
                for _ in range(2)
            ],
        },
        repeats,
    )
    return lines(
        times, floor, {"whogains: masks, costs, table per group": f"largest difference {gap:.1e}"}
    )


def gradients_table(subject: Subject, repeats: int) -> list[Line]:
    """Integrated gradients: ours, and captum in several ways."""
    model = subject.pair["generic"]
    floor = f"{STEPS} bare forward and input-gradient passes"
    works: dict[str, Callable[[], object]] = {
        floor: lambda: forward_backward(subject.net, subject.rows, STEPS),
        f"whogains, {STEPS} steps": lambda: explain.integrated_gradients(
            model, subject.matrix, subject.baseline, 0
        ),
    }
    works["the same passes, batch norms merged"] = lambda: forward_backward(
        subject.merged, subject.rows, STEPS
    )
    ig = captum.IntegratedGradients(subject.score)

    def captums(rows: int, most: int | None = None) -> list[torch.Tensor]:
        return [
            ig.attribute(part, subject.reference, n_steps=STEPS, internal_batch_size=most)
            for part in subject.rows.split(rows)
        ]

    every, few = len(subject.rows), PASS // STEPS
    usual = f"captum as usually called: one call, a pass is {every * STEPS:,} evaluations"
    works[usual] = lambda: captums(every)
    # Captum takes no fewer than the rows of the call.
    whole = f"captum, one call with internal_batch_size={every}: a pass is a step of all rows"
    works[whole] = lambda: captums(every, every)
    best = f"captum, {few} rows a call: its best, a pass is {few * STEPS:,} evaluations"
    works[best] = lambda: captums(few)
    ours = explain.integrated_gradients(model, subject.matrix, subject.baseline, 0)
    theirs = torch.cat(captums(few)).double().numpy()
    apart = max(
        (explain.top_features(ours, keep) != explain.top_features(theirs, keep)).any(axis=1).mean()
        for keep in KEEPS
    )
    note = f"whole row masks other than captum's: {apart:.2%} at the worst keep"
    return lines(rounds(works, repeats), floor, {f"whogains, {STEPS} steps": note})


def steps_table(subject: Subject, repeats: int) -> tuple[list[Line], int]:
    """Fewer steps: how many masks stay, how far rows are from adding up, and the fewest that do."""
    model, rows = subject.pair["generic"], subject.matrix[:4000]

    def explained(steps: int) -> FloatArray:
        return explain.integrated_gradients(model, rows, subject.baseline, 0, steps=steps)

    reference = explained(400)
    wanted = {keep: explain.top_features(reference, keep) for keep in KEEPS}
    works: dict[str, Callable[[], object]] = {}
    notes, enough = {}, []
    for steps in (STEPS, 5, 10, 20, 30, 40, 100):
        values = explained(steps)
        explainer = explain.find_explainer("integrated_gradients", ())
        check = explain.completeness(explainer, model, rows, subject.baseline[None, :], values)
        same = [explain.top_features(values, keep) == wanted[keep] for keep in KEEPS]
        entries = min(float(each.mean()) for each in same)
        whole = np.mean([each.all(axis=1).mean() for each in same])
        enough += [steps] if entries >= SAME_MASKS else []
        gap = "" if check is None else f"gap {check.relative_gap:.2%}, "
        name = f"{steps} steps"
        notes[name] = (
            f"{gap}{entries:.2%} of mask entries at the worst keep, {whole:.1%} of whole row masks"
        )
        works[name] = partial(explained, steps)
    return lines(rounds(works, repeats), f"{STEPS} steps", notes), min(enough)


def others_table(subject: Subject, repeats: int) -> list[Line]:
    """DeepLIFT and Shapley sampling."""
    model, found = subject.pair["generic"], []
    floor = "1 bare forward and input-gradient pass"

    def captums() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            explainer = captum.DeepLift(subject.net)
            for start in range(0, len(subject.rows), 1024):
                explainer.attribute(subject.rows[start : start + 1024], subject.reference)

    found += lines(
        rounds(
            {
                floor: lambda: forward_backward(subject.net, subject.rows, 1),
                "the same pass, batch norms merged": lambda: forward_backward(
                    subject.merged, subject.rows, 1
                ),
                "deeplift, whogains": lambda: explain.deeplift(
                    model, subject.matrix, subject.baseline, 0
                ),
                "deeplift, captum by 1024 rows": captums,
            },
            repeats,
        ),
        floor,
    )
    samples, few = 2, 4096
    passes = samples * FEATURES + 1
    floor = f"{passes} bare forward passes of {few:,} rows"
    sampling = captum.ShapleyValueSampling(subject.score)
    found += lines(
        rounds(
            {
                floor: lambda: forward(subject.net, subject.rows[:few], passes),
                "the same passes, batch norms merged": lambda: forward(
                    subject.merged, subject.rows[:few], passes
                ),
                f"shapley_sampling, {samples} orders, whogains (through captum)": lambda: (
                    explain.shapley_sampling(
                        model, subject.matrix[:few], subject.baseline, 0, samples=samples
                    )
                ),
                f"shapley_sampling, {samples} orders, captum": lambda: sampling.attribute(
                    subject.rows[:few], subject.reference, n_samples=samples
                ),
            },
            repeats,
        ),
        floor,
    )
    return found


def any_table(subject: Subject, repeats: int) -> list[Line]:
    """Permutation SHAP of the network as if it could not be read: ours, and shap as usual."""
    model, matrix, orders = subject.pair["generic"], subject.matrix[:ANY], 5
    rows, walk = subject.rows[:ANY], 2 * FEATURES + 1
    masker = shap.maskers.Independent(subject.baseline[None, :], max_samples=1)

    def usual() -> FloatArray:
        explainer = shap.PermutationExplainer(model.predict, masker, seed=0)
        values: FloatArray = explainer(
            matrix, max_evals=orders * walk, batch_size=walk, silent=True
        ).values
        return values

    floor = f"{2 * FEATURES * orders} bare forward passes of {ANY:,} rows"
    ours = f"permutation_shap, {orders} orders, whogains (through shap)"
    times = rounds(
        {
            floor: lambda: forward(subject.net, rows, 2 * FEATURES * orders),
            "the same passes, batch norms merged": lambda: forward(
                subject.merged, rows, 2 * FEATURES * orders
            ),
            ours: lambda: explain.permutation_shap(
                model, matrix, subject.baseline, 0, permutations=orders
            ),
            f"permutation_shap, {orders} orders, shap row by row": usual,
        },
        repeats,
    )
    first = [
        float(subprocess.check_output([sys.executable, "-c", FIRST], text=True))
        for _ in range(repeats)
    ]
    note = (
        f"{1e3 * np.median(times[ours]) / ANY:.1f} ms per row; the first call in a process takes"
        f" {np.median(first):.1f} s more, in which shap compiles"
    )
    return lines(times, floor, {ours: note})


def trees_table(repeats: int) -> list[Line]:
    """Where the time of an audit of given models goes: shap, the models, explaining, the rest."""
    data = wg.datasets.nhanes("hypertension")
    X, personal = encode(data.X), encode(data.personal)
    train = np.arange(len(X)) % 5 > 0
    y = data.y.to_numpy(float)
    pair = models.fit_panel(
        {"generic": X.take(train), "personalized": X.join(personal).take(train)},
        y[train],
        "classification",
    )
    spent = {"shap": 0.0, "model": 0.0, "scoring": 0.0}

    def timed(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            start = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    watched = [
        (shap.TreeExplainer, "shap_values", "shap"),
        (shap.TreeExplainer, "__init__", "shap"),
        (models.Model, "predict", "model"),
        (scoring, "score_models", "scoring"),
    ]
    plain = [getattr(where, name) for where, name, _ in watched]
    shares = []
    for (where, name, part), function in zip(watched, plain, strict=True):
        setattr(where, name, timed(part, function))
    try:
        for at in range(repeats + 1):
            spent.update(dict.fromkeys(spent, 0.0))
            whole = seconds(
                lambda: wg.audit(
                    data.X,
                    data.y,
                    personal=data.personal,
                    generic=pair["generic"],
                    personalized=pair["personalized"],
                    explainers=["tree_shap"],
                )
            )
            if at:
                ours = spent["scoring"] - spent["shap"] - spent["model"]
                rest = whole - spent["scoring"]
                shares.append([whole, spent["shap"], spent["model"], ours, rest])
    finally:
        for (where, name, _), function in zip(watched, plain, strict=True):
            setattr(where, name, function)
    medians = np.median(shares, axis=0)
    names = (
        "the whole audit",
        "in shap",
        "in the models",
        "in whogains: explaining (masks, costs, self-checks)",
        "in whogains: reading, intervals, tests, limits",
    )
    return [
        Line(name, float(value), float(value / medians[0]))
        for name, value in zip(names, medians, strict=True)
    ]


def size_table(repeats: int, largest: int) -> list[Line]:
    """Time per row from 1e4 to 1e6 rows of 88 features, and the most memory, of whole audits."""
    found = []
    for rows in (each for each in SIZES if each <= largest):
        # A process of its own, with nothing in it but the audit.
        sizes = Path(__file__).with_name("explain_sizes.py")
        command = [sys.executable, str(sizes), str(rows), str(FEATURES), str(repeats)]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        took, peak, data = map(float, done.stdout.split())
        note = f"{1e6 * took / rows:.0f} µs per row; peak of the process {peak:.2f} GiB"
        found.append(Line(f"{rows:,} rows", took, None, f"{note}, of which the data {data:.2f}"))
    return found


def table(title: str, found: list[Line]) -> str:
    """Write a table in Markdown, ratios first."""
    text = [f"## {title}", "", "| | ratio | seconds | |", "|---|---:|---:|---|"]
    for line in found:
        ratio = "1" if line.ratio is None else f"{line.ratio:.2f}"
        if all(each.ratio is None for each in found):
            ratio = ""
        text.append(f"| {line.what} | {ratio} | {line.seconds:.3f} | {line.note} |")
    return "\n".join([*text, ""])


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="rows of the largest audit")
    parser.add_argument("--out", type=Path, default=Path("docs/explain-benchmark.md"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    load = os.getloadavg()[0]
    size = size_table(asked.repeats, asked.largest)
    subject = Subject(asked.rows)
    steps, cheaper = steps_table(subject, asked.repeats)
    parts = [
        f"""# Explanations: time against the model's own passes

Written by `benchmarks/explain.py --repeats {asked.repeats} --threads {asked.threads}
--rows {asked.rows}`.

A multilayer perceptron {"-".join(map(str, WIDTHS))}-1 with batch norm, {asked.rows:,} rows ×
{FEATURES} features, float32. A ratio is the median over {asked.repeats} rounds of a time divided by
that of the line with ratio 1 in the same round: the floor, which is the network as it was given, in
passes of {PASS:,} rows; or for fewer steps, the default. A cost needs one pass for each keep.
whogains merges each batch norm into the layer before it, so that it can stay below the floor; the
floor of a network without batch norm is nearer to the line "batch norms merged". DeepLIFT does more
than the pass that is its floor: in each layer it divides the change of every activation by the
change of its input.
The cheaper setting of integrated gradients is `integrated_gradients:{cheaper}`, the fewest of the
steps tried that keep {SAME_MASKS:.0%} of the entries of every mask; each audit measures whether its
attributions add up, and warns where they do not.

Machine: {platform.machine()}, {os.cpu_count()} cores of which {asked.threads} used, {cpu()}; Python
{platform.python_version()}, torch {torch.__version__}, NumPy {np.__version__}, scikit-learn
{sklearn.__version__}. Load average at the start: {load:.1f}.
""",
    ]
    sections: list[tuple[str, Callable[[], list[Line]]]] = [
        (
            f"Masks and costs: both costs at {len(KEEPS)} values of keep, two models",
            lambda: masks_table(subject, asked.repeats),
        ),
        (f"Integrated gradients, {STEPS} steps", lambda: gradients_table(subject, asked.repeats)),
        ("Integrated gradients: fewer steps, 4,000 rows, masks against 400 steps", lambda: steps),
        ("DeepLIFT and Shapley sampling", lambda: others_table(subject, asked.repeats)),
        (
            "Permutation SHAP: any model, here the network unread",
            lambda: any_table(subject, asked.repeats),
        ),
        (
            "tree_shap: an audit of NHANES (hypertension, two given models, one keep)",
            lambda: trees_table(asked.repeats),
        ),
        (f"tree_shap: audits of {FEATURES} features, models of 5 small trees", lambda: size),
    ]
    for title, measure in sections:
        parts.append(table(title, measure()))
        # After each section, so that a run that is stopped leaves what it has.
        asked.out.write_text("\n".join(parts), encoding="utf-8")
        print(parts[-1])


def cpu() -> str:
    """Name the processor."""
    found = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return found[0] if found else platform.processor()


if __name__ == "__main__":
    main()
