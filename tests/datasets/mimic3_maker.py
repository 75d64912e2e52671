"""Small tables in the layout of MIMIC-III, made row by row."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from whogains.datasets.mimic3_items import MEASUREMENTS

START = datetime(2150, 3, 1, 13, 37, 11)
LAYOUT = {
    "PATIENTS": ["ROW_ID", "SUBJECT_ID", "GENDER", "DOB", "DOD", "EXPIRE_FLAG"],
    "ADMISSIONS": [
        "ROW_ID",
        "SUBJECT_ID",
        "HADM_ID",
        "ADMITTIME",
        "DISCHTIME",
        "DEATHTIME",
        "ETHNICITY",
        "DIAGNOSIS",
        "HOSPITAL_EXPIRE_FLAG",
    ],
    "ICUSTAYS": ["ROW_ID", "SUBJECT_ID", "HADM_ID", "ICUSTAY_ID", "INTIME", "OUTTIME", "LOS"],
    "D_ITEMS": ["ROW_ID", "ITEMID", "LABEL"],
    "D_LABITEMS": ["ROW_ID", "ITEMID", "LABEL", "FLUID"],
    "LABEVENTS": ["ROW_ID", "SUBJECT_ID", "HADM_ID", "ITEMID", "CHARTTIME", "VALUE", "VALUENUM"],
    "CHARTEVENTS": [
        "ROW_ID",
        "SUBJECT_ID",
        "HADM_ID",
        "ICUSTAY_ID",
        "ITEMID",
        "CHARTTIME",
        "VALUE",
        "VALUENUM",
        "ERROR",
    ],
}
LABELS = {
    item: (each.table, f"{each.words[0]}, {item}".upper())
    for each in MEASUREMENTS
    for item in each.items
}


@dataclass
class Mimic:
    """Tables to add rows to and to write."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {t: [] for t in LAYOUT})

    def __post_init__(self) -> None:
        for item, (table, label) in LABELS.items():
            name = "D_ITEMS" if table == "CHARTEVENTS" else "D_LABITEMS"
            self.rows[name].append({"ITEMID": item, "LABEL": label})

    def stay(
        self,
        number: int,
        *,
        days: float | None = 4.0,
        start: datetime = START,
        age: float = 50.0,
        gender: str = "F",
        ethnicity: str = "WHITE",
        death: float | None = None,
        subject: int | None = None,
        admission: int | None = None,
    ) -> None:
        """Add a stay, with its patient and its admission where they are new."""
        subject, admission = subject or number, admission or number + 1000
        out = None if days is None else start + timedelta(days=days)
        if all(row["SUBJECT_ID"] != subject for row in self.rows["PATIENTS"]):
            self.rows["PATIENTS"].append(
                {
                    "SUBJECT_ID": subject,
                    "GENDER": gender,
                    "DOB": (start - timedelta(days=age * 365.25 + 1)).replace(hour=0, minute=0),
                    "EXPIRE_FLAG": int(death is not None),
                }
            )
        if all(row["HADM_ID"] != admission for row in self.rows["ADMISSIONS"]):
            self.rows["ADMISSIONS"].append(
                {
                    "SUBJECT_ID": subject,
                    "HADM_ID": admission,
                    "ADMITTIME": start - timedelta(hours=3),
                    "DISCHTIME": (out or start) + timedelta(days=2),
                    "DEATHTIME": None if death is None else start + timedelta(days=death),
                    "ETHNICITY": ethnicity,
                    "DIAGNOSIS": 'FALL; "CHEST PAIN",\nUNSPECIFIED',
                }
            )
        self.rows["ICUSTAYS"].append(
            {
                "SUBJECT_ID": subject,
                "HADM_ID": admission,
                "ICUSTAY_ID": number + 2000,
                "INTIME": start,
                "OUTTIME": out,
                "LOS": days,
            }
        )

    def event(
        self, number: int, item: int, hours: float, value: float | None, error: int | None = 0
    ) -> None:
        """Add a charted value, some hours after the start of a stay."""
        stay = next(row for row in self.rows["ICUSTAYS"] if row["ICUSTAY_ID"] == number + 2000)
        table, _ = LABELS.get(item, ("CHARTEVENTS", ""))
        row = {
            "SUBJECT_ID": stay["SUBJECT_ID"],
            "HADM_ID": stay["HADM_ID"],
            "ITEMID": item,
            "CHARTTIME": stay["INTIME"] + timedelta(hours=hours),
            "VALUE": "Arm, Right" if value is None else value,
            "VALUENUM": value,
        }
        extra = {"ICUSTAY_ID": stay["ICUSTAY_ID"], "ERROR": error}
        self.rows[table].append(row | (extra if table == "CHARTEVENTS" else {}))

    def write(self, folder: Path, *, lower: bool = False, zipped: bool = False) -> Path:
        """Write all tables as CSV."""
        folder.mkdir(exist_ok=True)
        for name, columns in LAYOUT.items():
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow([column.lower() if lower else column for column in columns])
            for i, row in enumerate(self.rows[name]):
                writer.writerow([({"ROW_ID": i} | row).get(column) for column in columns])
            content = text.getvalue().encode()
            file = f"{name.lower() if lower else name}.csv{'.gz' if zipped else ''}"
            (folder / file).write_bytes(gzip.compress(content) if zipped else content)
        return folder


def ward(n: int = 12, seed: int = 1) -> Mimic:
    """Make n patients with one stay each, a heart rate every two hours and some creatinine."""
    random = np.random.default_rng(seed)
    made = Mimic()
    for i in range(n):
        made.stay(
            i,
            days=1.5 + 0.5 * i,
            age=(30.0, 60.0)[i % 2],
            gender="FM"[i // 2 % 2],
            ethnicity=("WHITE", "ASIAN", "WHITE - RUSSIAN", "BLACK/AFRICAN AMERICAN")[i // 3 % 4],
            start=START + timedelta(days=40 * i),
        )
        for hour in range(0, 30, 2):
            made.event(i, (211, 220045)[i % 2], hour, float(random.integers(60, 120)))
        made.event(i, 50912, 5.0, round(float(random.uniform(0.5, 3)), 1))
    return made
