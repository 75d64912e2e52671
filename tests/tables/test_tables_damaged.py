"""Damaged compressed files are refused by scans, as they are in memory."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

import whogains as wg
from whogains.errors import InputError


@pytest.mark.parametrize("rows_in_memory", [0, 10_000])
def test_a_flipped_bit_is_never_read_as_other_numbers(tmp_path: Path, rows_in_memory: int) -> None:
    rng = random.Random(0)
    lines = [f"{rng.randrange(2)},{rng.random():.3f},{rng.random():.3f},{g}" for g in "ab" * 100]
    whole = gzip.compress("\n".join(["y,p0,p1,g", *lines]).encode(), mtime=0)
    file = tmp_path / "rows.csv.gz"

    def read() -> str:
        found = wg.compare_files(
            file, target="y", generic="p0", personalized="p1", groups="g", costs="brier",
            rows_in_memory=rows_in_memory,
        )  # fmt: skip
        return found.table().to_csv()

    file.write_bytes(whole)
    right = read()
    for _ in range(30):
        damaged = bytearray(whole)
        # The first ten bytes name the program that wrote it, and say nothing of the content.
        damaged[rng.randrange(10, len(whole))] ^= 1 << rng.randrange(8)
        file.write_bytes(bytes(damaged))
        try:
            assert read() == right
        except InputError:
            continue
    file.write_bytes(whole[:-9])
    with pytest.raises(InputError):
        read()
