from . import chart_files as chart_files, charts as charts
from .audit_html import make_page as make_page, to_html as to_html
from .axes import Scale as Scale, Tick as Tick, effect_scale as effect_scale
from .changes_html import changes_to_html as changes_to_html
from .choice_tables import edges_table as edges_table, policies_table as policies_table
from .choice_words import choice_sentences as choice_sentences
from .html_page import (
    CITATION as CITATION,
    CITATION_URL as CITATION_URL,
    flat as flat,
    render as render,
)
from .limits_curve import BOUNDS as BOUNDS
from .markdown import to_markdown as to_markdown
from .mlflow_run import (
    log_to_mlflow as log_to_mlflow,
)
from .cost_figures import MINUS as MINUS, NOTHING as NOTHING, cost_figures as cost_figures
from .pandas_tables import (
    before_after_table as before_after_table,
    curve_table as curve_table,
    gamma_table as gamma_table,
)
from .pdf import installed_browser as installed_browser, print_page as print_page
from .plan_html import plan_to_html as plan_to_html
from .plan_sentences import sentences as sentences
from .plots import (
    AuditPlots as AuditPlots,
    ChangesPlots as ChangesPlots,
    ChoicePlots as ChoicePlots,
    PlanPlots as PlanPlots,
    WatchPlots as WatchPlots,
)
from .profile_drawings import blocks as blocks
from .results import (
    as_csv as as_csv,
    as_markdown as as_markdown,
    as_notebook as as_notebook,
    as_page as as_page,
    as_plots as as_plots,
    as_table as as_table,
    as_text as as_text,
    in_short as in_short,
    show as show,
)
from .summaries import nothing_known as nothing_known
from .watch_words import watch_sentences as watch_sentences
from .words import (
    count as count,
    error as error,
    group_name as group_name,
    listing as listing,
    p_value as p_value,
    plain as plain,
    significant as significant,
    with_unit as with_unit,
)
