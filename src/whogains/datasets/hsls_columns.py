"""The variables of HSLS:09 that are read, with the codes and the words of both kinds of export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTCOME: Final = "X1TXMTSCOR"
OUTCOME_LIMITS: Final = (0.0, 100.0)
#: Tells, where the file has it, whether the score was computed from other answers.
IMPUTED: Final = "X1TXMATH_IM"
IMPUTATION: Final[Mapping[int, tuple[str, ...]]] = {
    0: ("Not imputed", "Not statistically imputed", "No"),
    1: ("Imputed", "Statistically imputed", "Yes"),
}
WEIGHT: Final = "W1STUDENT"
STUDENT: Final = "STU_ID"
SCHOOL: Final = "SCH_ID"

#: Scales of the base year: a variable of the file, and the name of the feature.
SCALES: Final[Mapping[str, str]] = {
    "X1SES": "socioeconomic_status",
    "X1MTHID": "math_identity",
    "X1MTHUTI": "math_utility",
    "X1MTHEFF": "math_self_efficacy",
    "X1MTHINT": "math_interest",
    "X1SCHOOLBEL": "school_belonging",
    "X1SCHOOLENG": "school_engagement",
}
#: No scale lies beyond; codes of missing values do, from -4 to -9, but as whole numbers.
SCALE_LIMIT: Final = 6.0

HOUSEHOLD: Final = "X1HHNUMBER"

_DEGREES: Final = {
    1: ("Less than high school",),
    2: ("High school diploma or GED",),
    3: ("Associate's degree",),
    4: ("Bachelor's degree",),
    5: ("Master's degree",),
    7: ("Ph.D/M.D/Law/other high lvl prof degree",),
}
_EXPECTED: Final = {
    1: ("Less than high school",),
    2: ("High school diploma or GED",),
    3: ("Start an Associate's degree",),
    4: ("Complete an Associate's degree",),
    5: ("Start a Bachelor's degree",),
    6: ("Complete a Bachelor's degree",),
    7: ("Start a Master's degree",),
    8: ("Complete a Master's degree",),
    9: ("Start Ph.D/M.D/Law/other prof degree",),
    10: ("Complete Ph.D/M.D/Law/other prof degree",),
    11: ("Don't know",),
}
_LOWEST_INCOME: Final = 15
_INCOMES: Final = {
    1: ("Family income less than or equal to $15,000",),
    **{
        code: (f"Family income > ${low},000 and <= ${low + 20},000",)
        for code, low in zip(range(2, 13), range(_LOWEST_INCOME, 235, 20), strict=True)
    },
    13: ("Family income > $235,000",),
}

#: Of each categorical variable: the name of the feature, and of each code the words of the other
#: export, of which the first is the name of the level.
CATEGORIES: Final[Mapping[str, tuple[str, Mapping[int, tuple[str, ...]]]]] = {
    "X1PAREDU": ("parents_education", _DEGREES),
    "X1FAMINCOME": ("family_income", _INCOMES),
    "X1STUEDEXPCT": ("student_expects", _EXPECTED),
    "X1PAREDEXPCT": ("parent_expects", _EXPECTED),
    "X1LOCALE": (
        "locale",
        {1: ("City",), 2: ("Suburb",), 3: ("Town",), 4: ("Rural",)},
    ),
    "X1REGION": (
        "region",
        {1: ("Northeast",), 2: ("Midwest",), 3: ("South",), 4: ("West",)},
    ),
    # The public file joins Catholic and other private schools.
    "X1CONTROL": (
        "school_control",
        {
            1: ("Public",),
            2: ("Private", "Catholic or other private", "Catholic"),
            3: ("Private", "Other private"),
        },
    ),
}
SEX: Final[Mapping[int, tuple[str, ...]]] = {1: ("Male",), 2: ("Female",)}
RACE: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("Amer. Indian/Alaska Native, non-Hispanic",),
    2: ("Asian, non-Hispanic",),
    3: ("Black/African-American, non-Hispanic",),
    4: ("Hispanic, no race specified",),
    5: ("Hispanic, race specified",),
    6: ("More than one race, non-Hispanic",),
    7: ("Native Hawaiian/Pacific Islander, non-Hispanic",),
    8: ("White, non-Hispanic",),
}
WHITE: Final = 8

#: The words for a missing value; "Don't know" is one only where no level has that name.
MISSING: Final = (
    "",
    ".",
    "NA",
    "NaN",
    "Missing",
    "Unit non-response",
    "Item legitimate skip/NA",
    "Data suppressed",
    "Component not applicable",
    "Item not administered: abbreviated interview",
    "Don't know",
)
MISSING_CODES: Final = (-9, -8, -7, -6, -5, -4)
