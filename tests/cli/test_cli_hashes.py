"""What the command line says of the files that were audited: their SHA-256."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

from whogains.cli import main as run

ASK = ("--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "s")


def test_the_hash_of_the_data_is_for_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    p = rng.random(400)
    frame = pd.DataFrame({"y": (rng.random(400) < p) * 1, "p0": 0.5, "p1": p})
    frame["s"] = rng.choice(["f", "m"], 400)
    data, out = tmp_path / "scored.csv", tmp_path / "audit.json"
    frame.to_csv(data, index=False)
    words = ("--outcome-label", "a fall", "--json", str(out), "--quiet", "--hash-data")
    assert run(["compare", str(data), *ASK, *words]) == 0
    found = json.loads(out.read_text("utf-8"))
    # Counted by another program.
    told = subprocess.run(["sha256sum", str(data)], capture_output=True, text=True, check=True)
    assert found["settings"]["sha256"] == {"data": told.stdout.split()[0]}
    assert found["settings"]["sha256"]["data"] == hashlib.sha256(data.read_bytes()).hexdigest()
    known = {each["key"]: each["known"] for each in found["for_the_file"]}
    assert known["hash_data"] == {"sha256": told.stdout.split()[0]}
    assert known["hash_models"] is None
    assert known["outcome"]["label"] == "a fall"
    # By a hash a value could be found by trying, so that it is there only where it is asked for.
    assert run(["compare", str(data), *ASK, *words[:-1]]) == 0
    assert "sha256" not in json.loads(out.read_text("utf-8"))["settings"]
    # A folder is not one file.
    (tmp_path / "parts").mkdir()
    frame.to_csv(tmp_path / "parts" / "one.csv", index=False)
    assert run(["compare", str(tmp_path / "parts"), *ASK, *words]) == 0
    assert "sha256" not in json.loads(out.read_text("utf-8"))["settings"]
