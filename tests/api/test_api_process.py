"""What the whole process shares is after every verb as it was before it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# In a process of its own, with what libraries do when they are imported done before.
SCRIPT = """
import decimal, gc, locale, logging, os, random, signal, socket, sys, tempfile, threading, warnings
import numpy as np, pandas as pd, sklearn, torch, pyarrow, duckdb, joblib, altair, shap
import sklearn.linear_model, sklearn.ensemble, scipy.optimize, captum.attr
from pandas._config import config
import whogains as wg
from whogains.cli import main

folder = sys.argv[1]
tempfile.gettempdir()


def shared():
    mask = os.umask(0)
    os.umask(mask)
    found = {f"environment {k}": v for k, v in os.environ.items()}
    found["pandas"] = config._global_config
    found |= {f"signal {s}": signal.getsignal(s) for s in signal.Signals}
    found |= {f"logger {n}": logging.getLogger(n).level for n in ("", "torch", "shap", "joblib")}
    return {k: repr(v) for k, v in found.items()} | {
        "warnings": repr(warnings.filters),
        "showwarning": repr(warnings.showwarning),
        "numpy errors": repr(np.geterr()),
        "numpy printing": repr(np.get_printoptions()),
        "numpy generator": repr([each if isinstance(each, (str, int, float)) else each.tobytes()
                                 for each in np.random.get_state()]),
        "random": repr(random.getstate()),
        "torch generator": torch.get_rng_state().numpy().tobytes().hex(),
        "torch threads": repr((torch.get_num_threads(), torch.get_num_interop_threads())),
        "torch modes": repr((torch.get_default_dtype(), torch.is_grad_enabled(),
                             torch.are_deterministic_algorithms_enabled(),
                             torch.backends.cudnn.benchmark)),
        "sklearn": repr(sklearn.get_config()),
        "locale": locale.setlocale(locale.LC_ALL),
        "hooks": repr((sys.excepthook, threading.excepthook, sys.unraisablehook)),
        "streams": repr((sys.stdin, sys.stdout, sys.stderr)),
        "limits": repr((sys.getrecursionlimit(), sys.getswitchinterval(), gc.get_threshold(),
                        gc.isenabled(), socket.getdefaulttimeout(), decimal.getcontext().prec)),
        "place": repr((os.getcwd(), mask, tempfile.tempdir, sys.path)),
        "log handlers": repr(logging.getLogger().handlers),
        "duckdb": repr(duckdb.sql("SELECT current_setting('threads')").fetchall()),
    }


draw = np.random.default_rng(0)
n = 120
frame = pd.DataFrame({"x": draw.normal(size=n), "g": draw.choice(["a", "b"], n)})
frame["y"] = (frame["x"] + draw.normal(size=n) > 0).astype(int)
frame["p0"], frame["p1"] = draw.random((2, n))
frame.to_csv(f"{folder}/rows.csv", index=False)
quick = dict(personal="g", repeats=1, placebo=0, folds=2)
X, y = frame[["x", "g"]], frame["y"]
columns = dict(target="y", generic="p0", personalized="p1", groups="g")
words = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g", "--quiet"]
rows = f"{folder}/rows.csv"
verbs = {
    "compare": lambda: wg.compare(y, generic=frame.p0, personalized=frame.p1, groups=frame[["g"]]),
    "scan": lambda: wg.compare_files(rows, rows_in_memory=0, **columns),
    "linear": lambda: wg.audit(X, y, model="linear", explainers="auto", **quick),
    "boosting": lambda: wg.audit(X, y, model="gradient_boosting", explainers="none", **quick),
    "mlp": lambda: wg.audit(X, y, model="mlp", explainers="deeplift", **quick),
    "mlp in threads": lambda: wg.audit(X, y, model="mlp", explainers=None, n_jobs=2, **quick),
    "choose": lambda: wg.choose(X, y, personal="g", model="linear", repeats=1, folds=2),
    "watch": lambda: wg.watch(frame, state=f"{folder}/s", batch="1", **columns),
    "page": lambda: main(["compare", rows, *words, "--html", f"{folder}/a.html"]),
    "refused": lambda: main(["compare", "missing.csv", *words]),
    "chart": lambda: verbs["compare"]().to_html(f"{folder}/b.html"),
}
before = shared()
for name, verb in verbs.items():
    verb()
    after = shared()
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            parts = [set(each.get(key, "").split("), (")) for each in (before, after)]
            print(f"{name}: {key}:", *(parts[0] ^ parts[1]))
    before = after
"""


def test_what_a_process_shares_stays_as_it_was(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


# What a process has in its environment after some work, beside what it began with.
ADDED = """
import os, sys
before = dict(os.environ)
{work}
print({{k: v for k, v in os.environ.items() if before.get(k) != v}},
      [k for k in before if k not in os.environ], "sklearn" in sys.modules)
"""
VERBS = """
import numpy as np
import whogains as wg
from whogains.cli import main
draw = np.random.default_rng(0)
y, group, x = draw.integers(0, 2, 120), draw.choice(["a", "b"], 120), draw.normal(size=120)
p = draw.random((2, 120))
"""
COMPARE = VERBS + 'wg.compare(y, generic=p[0], personalized=p[1], groups={"g": group}).to_html()'
AUDIT = VERBS + (
    'wg.audit({"x": x}, y, personal={"g": group}, repeats=1, placebo=0, folds=2, model="linear")'
)


def added(work: str) -> str:
    # Another test in this process may have imported scikit-learn.
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("KMP_")}
    done = subprocess.run(
        [sys.executable, "-c", ADDED.format(work=work)],
        capture_output=True,
        text=True,
        check=False,
        env={**theirs, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_scikit_learn_sets_in_the_environment_is_all_that_is_set() -> None:
    # scikit-learn sets KMP_* where it is imported, for OpenMP libraries that are loaded later: to
    # take them away again would end the process of who imports torch next.
    theirs = added("import sklearn")
    assert "KMP_DUPLICATE_LIB_OK" in theirs
    assert added(AUDIT) == theirs
    # Where no model is fitted, scikit-learn is not imported, and nothing is set.
    assert added(COMPARE) == "{} [] False\n"
