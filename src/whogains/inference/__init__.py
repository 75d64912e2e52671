"""Intervals, tests and metrics: arrays in, small frozen results out."""

from whogains.inference._arrays import Alternative
from whogains.inference.anytime import asymptotic_log_e, bounded_log_e, ternary_log_e
from whogains.inference.anytime_groups import weighted_holm, weights_by_appearance
from whogains.inference.approximate import (
    APPROXIMATE_ERRORS,
    APPROXIMATE_FROM,
    approximate_error,
    approximate_units,
)
from whogains.inference.auc import auc_pair, deciding_rows
from whogains.inference.auc_bins import BinnedAuc, auc_from_bins, bins_of_scores, score_bin
from whogains.inference.betting import (
    betting_interval,
    betting_test,
)
from whogains.inference.bootstrap import (
    bootstrap_interval,
    bootstrap_test,
)
from whogains.inference.censoring import CensoredMeans, censored_means
from whogains.inference.choice import (
    MIN_CARRYING_RATIO,
    MIN_MOVED_T,
    MIN_RARER_AUC,
    MIN_SINGLES_T,
    MIN_UNITS_PLAIN_T,
    MIN_UNITS_RATIO,
    MIN_UNITS_T,
    choose_method,
    rows_for_t,
)
from whogains.inference.confidence_sequences import (
    MIN_UNITS_SEQUENCE,
    UNITS_PER_SQUARED_SKEWNESS,
    asymptotic_sequence,
    bounded_sequence,
    sequence_offered,
    ternary_sequence,
)
from whogains.inference.heterogeneity import heterogeneity
from whogains.inference.interval import Interval, combine_intervals
from whogains.inference.jackknife import jackknife
from whogains.inference.macro_auc import macro_auc_pair
from whogains.inference.margins import Equivalence, OneSidedTest, equivalence, non_inferiority
from whogains.inference.moments import (
    MeanEstimate,
    carrying_units,
    effective_units,
    mean_from_comoments,
)
from whogains.inference.paired_metric import PairedMetric
from whogains.inference.policies import PolicyBound, gain_covariances, policy_bound
from whogains.inference.power import each_of, every_group_effect, t_detectable, t_power, t_required
from whogains.inference.procedure import (
    MIN_ROUNDS,
    ProcedureError,
    ProcedureEstimate,
    procedure_error,
    procedure_interval,
    procedure_means,
    procedure_test,
)
from whogains.inference.r2 import r2_pair
from whogains.inference.ratio import RatioOfMeans, ratio_of_means
from whogains.inference.score_and_sign import score_interval, score_test, sign_test
from whogains.inference.several_groups import (
    GammaEstimate,
    gamma_interval,
    holm,
    intersection_union,
    paper_rule,
    paper_rule_type_two_error,
)
from whogains.inference.sign_power import sign_detectable, sign_power, sign_required
from whogains.inference.student import SKEWNESS_INFLATION, t_interval, t_test, tail_penalty
from whogains.inference.survey import (
    MIN_SURVEY_DF,
    SurveyError,
    linearized_error,
    replicate_error,
)

__all__ = [
    "APPROXIMATE_ERRORS",
    "APPROXIMATE_FROM",
    "MIN_CARRYING_RATIO",
    "MIN_MOVED_T",
    "MIN_RARER_AUC",
    "MIN_ROUNDS",
    "MIN_SINGLES_T",
    "MIN_SURVEY_DF",
    "MIN_UNITS_PLAIN_T",
    "MIN_UNITS_RATIO",
    "MIN_UNITS_SEQUENCE",
    "MIN_UNITS_T",
    "SKEWNESS_INFLATION",
    "UNITS_PER_SQUARED_SKEWNESS",
    "Alternative",
    "BinnedAuc",
    "CensoredMeans",
    "Equivalence",
    "GammaEstimate",
    "Interval",
    "MeanEstimate",
    "OneSidedTest",
    "PairedMetric",
    "PolicyBound",
    "ProcedureError",
    "ProcedureEstimate",
    "RatioOfMeans",
    "SurveyError",
    "approximate_error",
    "approximate_units",
    "asymptotic_log_e",
    "asymptotic_sequence",
    "auc_from_bins",
    "auc_pair",
    "betting_interval",
    "betting_test",
    "bins_of_scores",
    "bootstrap_interval",
    "bootstrap_test",
    "bounded_log_e",
    "bounded_sequence",
    "carrying_units",
    "censored_means",
    "choose_method",
    "combine_intervals",
    "deciding_rows",
    "each_of",
    "effective_units",
    "equivalence",
    "every_group_effect",
    "gain_covariances",
    "gamma_interval",
    "heterogeneity",
    "holm",
    "intersection_union",
    "jackknife",
    "linearized_error",
    "macro_auc_pair",
    "mean_from_comoments",
    "non_inferiority",
    "paper_rule",
    "paper_rule_type_two_error",
    "policy_bound",
    "procedure_error",
    "procedure_interval",
    "procedure_means",
    "procedure_test",
    "r2_pair",
    "ratio_of_means",
    "replicate_error",
    "rows_for_t",
    "score_bin",
    "score_interval",
    "score_test",
    "sequence_offered",
    "sign_detectable",
    "sign_power",
    "sign_required",
    "sign_test",
    "t_detectable",
    "t_interval",
    "t_power",
    "t_required",
    "t_test",
    "tail_penalty",
    "ternary_log_e",
    "ternary_sequence",
    "weighted_holm",
    "weights_by_appearance",
]
