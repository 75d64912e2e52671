"""What regulators ask: on the page, in Markdown and in the JSON, filled or blank."""

from __future__ import annotations

from whogains.records import for_the_file
from whogains.report import to_html, to_markdown
from whogains.report.for_regulators import NO_CLAIM, file_rows

from .test_report_audit_html import Page

SOURCES = {"GDPR art. 5(1)(c)", "EU AI Act art. 13(3)(b)", "45 CFR 92.210", "TRIPOD+AI"}
BLANK = {
    *("purpose", "epsilon_set_by", "missing", "alternatives", "mitigation", "collected"),
    *("hash_data", "hash_models", "monitoring", "responsible"),
}


def test_what_is_not_known_is_blank_and_nothing_else(findings):
    entries = for_the_file(findings)
    assert {each.key for each in entries if each.known is None} == BLANK
    assert len({each.key for each in entries}) == len(entries)
    assert {by for each in entries for by in each.asked_by} == SOURCES
    answers = dict(zip((e.key for e in entries), file_rows(findings), strict=True))
    assert {key for key, (*_, answer) in answers.items() if not answer} == BLANK


def test_what_is_known_is_what_the_audit_says(findings):
    audit = findings.to_dict()
    known = {each["key"]: each["known"] for each in audit["for_the_file"]}
    assert known["attributes"]["personal"] == audit["data"]["personal"]
    assert known["rows"]["rows"] == audit["data"]["rows"]
    for cost, said in zip(audit["costs"], known["performance"]["verdicts"], strict=True):
        assert said["bop"] == cost["population"]["bop"]
        assert said["ci"] == cost["population"]["ci"]
        assert sum(said["groups"].values()) == len(cost["groups"])
    for cost, said in zip(audit["costs"], known["testability"]["by_cost"], strict=True):
        assert said["verdict"] == cost["limits"]["verdict"]
    sizes = [(each["group"], each["n"]) for each in known["rows"]["groups"]]
    assert sizes == [(g["group"], g["n"]) for g in audit["costs"][0]["groups"]]


def test_every_face_has_every_question_and_claims_nothing(findings):
    page = Page(to_html(findings)).text
    markdown = to_markdown(findings)
    for question, by, answer in file_rows(findings):
        assert question in page
        assert f"{by} {answer or 'to be filled'}" in page
        assert question.split("(")[0] in markdown
    assert NO_CLAIM in page
    assert NO_CLAIM in markdown
    assert "| How is the model watched in use, and when is it audited again? |" in markdown


def test_predictions_alone_and_no_cost(make):
    alone = {e.key: e.known for e in for_the_file(make(explainer=None))}
    assert alone["explanations"] is None
    nothing = {e.key: e.known for e in for_the_file(make([]))}
    assert nothing["rows"]["groups"] == []
