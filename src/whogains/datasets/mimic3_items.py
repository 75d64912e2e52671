"""What is measured in the first day of a stay: item ids, units, plausible ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Measurement:
    """A vital sign or laboratory value, and where MIMIC-III has it.

    Parameters
    ----------
    name : str
        The start of the names of its columns.
    unit : str
        Its unit, after conversion.
    low, high : float
        The least and the largest plausible value, both included; others count as missing.
    items : tuple of int
        The item ids of both record systems, CareVue and MetaVision, or of the laboratory.
    words : tuple of str
        One of these is in the label of every item, in lower case.
    fahrenheit : tuple of int
        Those of the items that are in degrees Fahrenheit.
    table : {"CHARTEVENTS", "LABEVENTS"}
        The table that holds it.
    """

    name: str
    unit: str
    low: float
    high: float
    items: tuple[int, ...]
    words: tuple[str, ...]
    fahrenheit: tuple[int, ...] = ()
    table: Literal["CHARTEVENTS", "LABEVENTS"] = "LABEVENTS"


def _vital(
    name: str,
    unit: str,
    limits: tuple[float, float],
    items: tuple[int, ...],
    *words: str,
    fahrenheit: tuple[int, ...] = (),
) -> Measurement:
    return Measurement(name, unit, *limits, items, words, fahrenheit, "CHARTEVENTS")


def _lab(
    name: str, unit: str, limits: tuple[float, float], items: tuple[int, ...], *words: str
) -> Measurement:
    return Measurement(name, unit, *limits, items, words)


#: The vital signs and laboratory values, in the order of the columns.
MEASUREMENTS: Final = (
    _vital("heart_rate", "1/min", (10, 300), (211, 220045), "heart rate"),
    _vital("systolic", "mmHg", (20, 300), (51, 442, 455, 6701, 220050, 220179), "systolic"),
    _vital("diastolic", "mmHg", (10, 200), (8368, 8440, 8441, 8555, 220051, 220180), "diastolic"),
    _vital(
        "mean_pressure",
        "mmHg",
        (10, 250),
        (52, 443, 456, 6702, 220052, 220181, 225312),
        "mean",
    ),
    _vital("respiratory_rate", "1/min", (1, 70), (615, 618, 220210, 224690), "resp"),
    _vital(
        "temperature",
        "degrees Celsius",
        (25, 45),
        (676, 678, 223761, 223762),
        "temperature",
        fahrenheit=(678, 223761),
    ),
    _vital("spo2", "%", (20, 100), (646, 220277), "spo2", "saturation"),
    _lab("anion_gap", "mEq/L", (-10, 60), (50868,), "anion gap"),
    _lab("albumin", "g/dL", (0.1, 10), (50862,), "albumin"),
    _lab("bands", "%", (0, 100), (51144,), "bands"),
    _lab("bicarbonate", "mEq/L", (1, 80), (50882,), "bicarbonate"),
    _lab("bilirubin", "mg/dL", (0, 100), (50885,), "bilirubin, total"),
    _lab("creatinine", "mg/dL", (0.1, 50), (50912,), "creatinine"),
    _lab("chloride", "mEq/L", (50, 200), (50806, 50902), "chloride"),
    _lab("glucose", "mg/dL", (10, 2500), (50809, 50931), "glucose"),
    _lab("hematocrit", "%", (5, 80), (50810, 51221), "hematocrit"),
    _lab("hemoglobin", "g/dL", (1, 30), (50811, 51222), "hemoglobin"),
    _lab("lactate", "mmol/L", (0.1, 50), (50813,), "lactate"),
    _lab("platelets", "1000/uL", (1, 3000), (51265,), "platelet"),
    _lab("potassium", "mEq/L", (1, 15), (50822, 50971), "potassium"),
    _lab("ptt", "s", (10, 150), (51275,), "ptt"),
    _lab("inr", "", (0.5, 50), (51237,), "inr"),
    _lab("pt", "s", (5, 150), (51274,), "pt"),
    _lab("sodium", "mEq/L", (90, 200), (50824, 50983), "sodium"),
    _lab("urea_nitrogen", "mg/dL", (1, 300), (51006,), "urea nitrogen"),
    _lab("white_cells", "1000/uL", (0, 1000), (51300, 51301), "wbc", "white blood"),
)
STATISTICS: Final = ("mean", "min", "max")
