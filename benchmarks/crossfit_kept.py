"""How far the recommended interval reaches: a model that keeps a share of an effect."""

from __future__ import annotations

import numpy as np

from whogains.inference import procedure_interval, procedure_means

SHARES = (1.0, 0.8, 0.6, 0.33, 0.2, 0.1, 0.05)
EFFECTS = (0.0, 0.05, 0.075, 0.1, 0.15, 0.3, 0.6)
ROWS, REPEATS, FOLDS, SAMPLES = 400, 5, 5, 1000


def kept(share: float, effect: float, seed: int) -> tuple[float, float]:
    """Return how often the ends miss: y = effect s + noise, s = +-1, a share of its mean kept."""
    truth = 2 * share * effect**2 - share**2 * (effect**2 + FOLDS / ((FOLDS - 1) * ROWS))
    rng = np.random.default_rng(seed)
    low = high = 0
    everybody = np.zeros(ROWS, np.intp)
    for _ in range(SAMPLES):
        s = rng.choice([-1.0, 1.0], ROWS)
        y = effect * s + rng.standard_normal(ROWS)
        B = np.empty((REPEATS, ROWS))
        for row in B:
            fold = rng.permutation(ROWS) % FOLDS
            for k in range(FOLDS):
                out = fold == k
                told = share * (y[~out] * s[~out]).mean() * s[out]
                row[out] = y[out] ** 2 - (y[out] - told) ** 2
        found = procedure_means(B, everybody)
        ends = procedure_interval(found.estimate, found.se, found.df)
        low += int(ends.lower[0] > truth)
        high += int(ends.upper[0] < truth)
    return low / SAMPLES, high / SAMPLES


def table() -> list[str]:
    """Return the lines of a table: errors of the ends by share and effect."""
    head = " | ".join(f"effect {effect:g}" for effect in EFFECTS)
    lines = [f"| share kept | {head} |", "|---" * (len(EFFECTS) + 1) + "|"]
    for i, share in enumerate(SHARES):
        found = [kept(share, effect, 100 * i + j) for j, effect in enumerate(EFFECTS)]
        cells = " | ".join(f"{low:.3f} / {high:.3f}" for low, high in found)
        lines.append(f"| {share:g} | {cells} |")
    return lines
