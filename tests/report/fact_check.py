"""A second opinion on the sentences of the first screen, from the JSON of the audit alone."""

from __future__ import annotations

import re

NUMBER = r"[-−+]?[\d,]*\.?\d+"
HEADS = ("Who gains", "Who is harmed", "Who cannot be told")
ASIDE = "leaving aside what is drawn pale, "
DISAGREE = {True: "Costs disagree", False: "Not by every cost"}


def number(text):
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


def name(levels):
    return ", ".join(f"{key} missing" if one is None else one for key, one in levels.items())


def digits(text):
    return len(text.split(".")[1]) if "." in text else 0


def near(text, value, factor, beside=()):
    """Whether a number as written is that of the JSON, to its last digit.

    What rounds to zero is written as 0, to as many digits as the numbers beside it.
    """
    last = max(map(digits, (text, *beside))) if text == "0" else digits(text)
    return abs(number(text) - value * factor) <= 0.5001 * 10**-last


class Facts:
    """What the JSON says, worked out without any function that wrote the sentences."""

    def __init__(self, audit):
        self.audit, self.costs = audit, audit["costs"]
        kinds = {
            kind: [c for c in self.costs if c["kind"] == kind]
            for kind in ("prediction", "explanation")
        }
        telling = [
            c
            for c in kinds["prediction"]
            if any(g["n"] and g["reason"] != "one label" for g in c["groups"])
        ] or kinds["prediction"]
        by_name = {c["name"]: c for c in reversed(telling)}
        first = by_name.get("brier") or by_name.get("absolute_error")
        self.main = first or (telling or [None])[0]
        self.people = by_name.get("zero_one") if self.main["name"] == "brier" else None
        self.explained = (kinds["explanation"] or [None])[0]
        labels = audit["settings"].get("change") == "label"
        self.factor = {
            c["name"]: 100.0
            if c["name"] == "zero_one"
            or (labels and c["name"] in {"sufficiency", "incomprehensiveness"})
            else 1.0
            for c in self.costs
        }

    def judged(self, group):
        units = group["n"] if group["clusters"] is None else group["clusters"]
        return bool(group["n"]) and units >= 50

    def having(self, cost, verdict, *, small=False):
        return [
            g
            for g in cost["groups"]
            if g["verdict"] == verdict and not g["by_scale"] and (small or self.judged(g))
        ]

    def people_in(self, groups):
        return sum(g["n"] or 0 for g in groups)

    def the(self, cost, called):
        (found,) = [g for g in cost["groups"] if name(g["group"]) == called]
        return found

    def effect(self, cost, group, text):
        """Check a size, an interval and one in how many, as they follow a name."""
        factor = self.factor[cost["name"]]
        said = re.match(
            rf".*?({NUMBER})[^()]*?(?: \(95% CI ({NUMBER}) to ({NUMBER})\))"
            r"(?:, one in ([\d,]+) people)?(?:, ([\d.]+) % of the generic model's)?",
            text,
        )
        assert said, text
        *three, how_many, share = said.groups()
        sign = 1 if group["bop"] >= 0 else -1
        ends = group["ci"] if sign > 0 else [-end for end in reversed(group["ci"])]
        for written, value in zip(three, (abs(group["bop"]), *ends), strict=True):
            assert near(written, value, factor, three)
        # What may be nothing is said in no other words.
        if ends[0] <= 0:
            assert how_many is share is None
        if how_many:
            assert factor == 100
            exact = 1 / abs(group["bop"])
            assert (
                round(exact) <= number(how_many) <= (exact * 1.1 + 1 if exact >= 99 else exact + 1)
            )
        if share:
            assert cost["name"] in {"brier", "squared_error", "log_loss", "poisson_deviance"}
            exact = 100 * abs(group["bop"]) / group["cost_generic"]
            assert abs(number(share) - exact) <= (0.0501 if exact >= 0.1 else 0.06 * exact)
        self.expected(cost, group, text)
        better = any(word in text for word in ("fewer wrong", "closer", " lower by", "AUC higher"))
        worse = any(word in text for word in ("more wrong", "further", " higher by", "AUC lower"))
        if cost["kind"] == "prediction":
            assert better == (sign > 0)
            assert worse == (sign < 0)

    def expected(self, cost, group, text):
        """Check what both models expect of a hundred people, and what happened to them."""
        said = re.search(
            r"of 100 people there, the generic model expects the outcome in (\S+), the "
            r"personalized one in (\S+); it happened in (\S+)\)",
            text,
        )
        profiles = {name(each["group"]): each for each in self.audit["profiles"]}
        known = profiles.get(name(group["group"])) if "group" in group else None
        task = self.audit["data"]["task"]
        if task == "counts":
            said = re.search(
                r"on average the generic model expects (\S+) there, the personalized one (\S+); it "
                r"was (\S+)\)",
                text,
            )
        asked = cost["kind"] == "prediction" and task in {"classification", "counts"}
        assert (said is not None) == bool(asked and known)
        keys = ("predicted_generic", "predicted_personalized", "outcome")
        for written, key in zip(said.groups() if said else (), keys, strict=False):
            assert near(written, known[key], *((1,) if task == "counts" else (100, ["0.1"])))


def check_names(text, groups):
    """Check that a list names groups that it is about, the largest, and counts the others."""
    more = re.search(r" and (\d+) more$", text)
    bare = text[: more.start()] if more else text
    called = re.findall("“(.+?)”", bare) or re.split(", | and ", bare)
    assert len(called) + (int(more[1]) if more else 0) == len(groups)
    sizes = {name(g["group"]): g["n"] for g in groups}
    assert [sizes[one] for one in called] == sorted(sizes.values(), reverse=True)[: len(called)]


def check_sentences(audit, said):
    """Check every sentence of a first screen against the JSON of its audit; the second opinion."""
    facts = Facts(audit)
    assert [each.head for each in said][:3] == list(HEADS)
    gains, harms, unknown, *more = (each.words for each in said)
    sizes = {name(g["group"]): g["n"] for g in facts.main["groups"]}
    for each in said:
        for called, n in re.findall(r"“([^”]+)” \(only (\d+) rows?\)", each.words):
            assert sizes[called] == int(n) < 50
    check_gains(facts, gains)
    check_harms(facts, harms)
    check_harms_elsewhere(facts, harms)
    check_worse_by_scale(facts, harms)
    check_unknown(facts, unknown)
    check_what_would_tell(facts, unknown)
    check_disagreement(facts, said[3].head if more else None, more[0] if more else "")


def check_gains(facts, gains):
    """Check who gains."""
    main = facts.main
    judged = [g for g in main["groups"] if facts.judged(g)]
    gaining = facts.having(main, "gain")
    if not judged:
        assert gains.startswith("no group has 50 rows or more")
    elif not gaining:
        which = "the one group is not" if len(judged) == 1 else f"none of {len(judged)} groups is"
        assert gains.startswith(f"{which} shown to get better predictions")
    else:
        first = re.match(
            r"(?:(\d+) of (\d+) groups?|all (\d+) groups|the one group) \(([\d,]+) people\) gets? "
            r"better predictions, most of all “?(.+?)”?: (.+?)(?:; over everybody|$)",
            gains,
        )
        some, of, every, people, called, rest = first.groups()
        assert int(some or every or 1) == len(gaining)
        assert int(of or every or 1) == len(judged)
        assert number(people) == facts.people_in(gaining)
        best = max(gaining, key=lambda g: g["bop"])
        assert facts.the(main, called) is best
        facts.effect(main, best, rest)
    over = re.search(r"over everybody (.+?)(?:; by 0-1 loss|; explanations|$)", gains)
    facts.effect(main, main["population"], over[1])
    classes = re.search(r"; by 0-1 loss (.+?)(?:; explanations|$)", gains)
    assert (classes is not None) == (facts.people is not None)
    if classes:
        facts.effect(facts.people, facts.people["population"], classes[1])
    if facts.explained is not None:
        better = facts.having(facts.explained, "gain")
        if better:
            found = re.search(
                r"get better \([^;]*?\) for (\d+), most of all “?(.+?)”?: (.+)", gains
            )
            assert int(found[1]) == len(better)
            best = max(better, key=lambda g: g["bop"])
            assert facts.the(facts.explained, found[2]) is best
            facts.effect(facts.explained, best, found[3])
        else:
            assert gains.endswith("are shown to get better for none")


def check_harms(facts, harms):
    """Check who is harmed by the leading cost, and who is not."""
    main = facts.main
    harmed = facts.having(main, "harm", small=True)
    if harmed:
        found = re.match(
            r"(\d+) groups? \(([\d,]+) people\) in prediction, most of all “?([^”]+?)”?"
            r"(?: \(only (\d+) rows?\))?: (.+)",
            harms,
        )
        assert int(found[1]) == len(harmed)
        assert number(found[2]) == facts.people_in(harmed)
        large = [g for g in harmed if facts.judged(g)]
        worst = min(large or harmed, key=lambda g: g["bop"])
        assert facts.the(main, found[3]) is worst
        assert (found[4] is not None) == (not large)
        facts.effect(main, worst, found[5])
    else:
        assert harms.startswith("no group is shown to be harmed in prediction")
    same = facts.having(main, "no material difference")
    found = re.search(
        rf"(\d+) groups? \(([\d,]+) people\) (?:is|are) shown to differ by less than ({NUMBER}) "
        r"?[^()]*\(epsilon, the smallest effect that matters here\)",
        harms,
    )
    assert (found is not None) == bool(same)
    if found:
        assert int(found[1]) == len(same)
        assert number(found[2]) == facts.people_in(same)
        assert near(found[3], main["epsilon"], facts.factor[main["name"]])


def check_harms_elsewhere(facts, harms):
    """Check who is harmed by the other costs."""
    main = facts.main
    places = [j for j, g in enumerate(main["groups"]) if g["verdict"] == "harm"]
    for kind, start in (
        ("prediction", "by another measure of prediction"),
        ("explanation", "in explanation"),
    ):
        elsewhere = {
            j: g
            for cost in facts.costs
            if cost["kind"] == kind and cost is not main
            for j, g in enumerate(cost["groups"])
            if g["verdict"] == "harm" and not g["by_scale"] and j not in places
        }
        found = re.search(rf"{start} \([^;]*?\) (\d+) groups? \(([\d,]+) people\): ([^;]+)", harms)
        assert (found is not None) == bool(elsewhere)
        if found:
            assert int(found[1]) == len(elsewhere)
            assert number(found[2]) == facts.people_in(elsewhere.values())
            check_names(found[3], elsewhere.values())


def check_worse_by_scale(facts, harms):
    """Check whose explanations look worse by the scale of predictions alone."""
    scale = {
        j: g
        for cost in facts.costs
        for j, g in enumerate(cost["groups"])
        if g["verdict"] == "harm" and g["by_scale"]
    }
    found = re.search(r"in (\d+) groups? explanations look worse [^(]*\((.+?)\)(?:;|$)", harms)
    assert (found is not None) == bool(scale)
    if found:
        assert int(found[1]) == len(scale)
        check_names(found[2], scale.values())


def check_unknown(facts, unknown):
    """Check of whom nothing is known."""
    main = facts.main
    judged = [g for g in main["groups"] if facts.judged(g)]
    silent = facts.having(main, "cannot tell")
    found = re.match(r"for (\d+) of (\d+) groups? \(([\d,]+) people\)", unknown)
    assert (found is not None) == bool(silent)
    if found:
        assert [int(found[1]), int(found[2])] == [len(silent), len(judged)]
        assert number(found[3]) == facts.people_in(silent)
    few = [g for g in main["groups"] if g["n"] and not facts.judged(g)]
    found = re.search(r"(\d+) groups? of fewer than 50 rows (?:is|are) counted apart", unknown)
    assert (int(found[1]) if found else 0) == len(few)
    hidden = [g for g in main["groups"] if not g["n"]]
    found = re.search(r"(\d+) groups? (?:is|are) not shown, or empty", unknown)
    assert (int(found[1]) if found else 0) == len(hidden)


def check_what_would_tell(facts, unknown):
    """Check how many rows would tell."""
    main = facts.main
    silent = facts.having(main, "cannot tell")
    # Of groups that one label was given, no number of rows tells.
    told = [g for g in silent if g["reason"] != "one label"]
    takes = re.search(
        rf"to show a gain of ({NUMBER}).*? takes about ([\d,]+)(?: to ([\d,]+))? rows a group "
        r"\(“?(.+?)”? has ([\d,]+), needs ([\d,]+)\)",
        unknown,
    )
    more = [g for g in told if g["required"] is not None and g["required"] > g["n"]]
    sure = [g for g in more if g["required"] > 1.1 * g["n"] + 1]
    assert takes is not None or not sure
    if takes:
        assert near(takes[1], main["epsilon"], facts.factor[main["name"]])
        needs = [g["required"] for g in told if g["required"] is not None]
        assert min(needs) <= number(takes[2])
        assert number(takes[3] or takes[2]) <= 1.1 * max(needs) + 1
        largest = facts.the(main, takes[4])
        assert largest in told
        assert number(takes[5]) == largest["n"]
        assert largest["required"] <= number(takes[6]) <= 1.1 * largest["required"] + 1
    enough = [g for g in told if g["required"] is not None and g not in more]
    found = re.search(r"(\d+) groups? had rows enough", unknown)
    # A number needed is rounded up, so that one just below is said to need more.
    assert (int(found[1]) if found else 0) in range(
        sum(1.1 * g["required"] + 1 <= g["n"] for g in enough), len(enough) + 1
    )
    found = re.search(r"for (\d+) groups? it is not known what would tell", unknown)
    alike = [g for g in silent if g["reason"] == "one label"]
    nothing = sum(g["required"] is None for g in silent if g not in alike)
    assert (int(found[1]) if found else 0) == nothing
    found = re.search(r"in (\d+) groups? both models label everybody alike", unknown)
    assert (int(found[1]) if found else 0) == len(alike)


def check_disagreement(facts, head, words):
    """Check which groups and which costs do not say the same."""
    alike = [c for c in facts.costs if c["kind"] == facts.main["kind"]]
    patterns = {}
    for j, group in enumerate(facts.main["groups"]):
        if not facts.judged(group):
            continue
        said = {
            verdict: [
                c
                for c in facts.costs
                if c["groups"][j]["verdict"] == verdict and not c["groups"][j]["by_scale"]
            ]
            for verdict in ("gain", "harm")
        }
        told = [c for each in said.values() for c in each if c in alike]
        rest = [c for c in alike if c not in told]
        if all(said.values()):
            key = ("torn", labels(said["gain"]), labels(said["harm"]))
        elif told and rest:
            key = ("gain" if said["gain"] else "harm", labels(told), labels(rest))
        else:
            continue
        patterns.setdefault(key, []).append(group)
    assert (head is None) == (not patterns)
    if head is None:
        return
    torn = [key for key in patterns if key[0] == "torn"]
    assert head == DISAGREE[bool(torn)]
    parts = words.split("; ")
    scale = any(g["verdict"] == "harm" and g["by_scale"] for c in facts.costs for g in c["groups"])
    none = f"{ASIDE if scale else ''}no group gains by one cost and is harmed by another"
    assert (none in parts) == (not torn)
    if not torn:
        parts.remove(none)
    more = re.fullmatch(r"(\d+) more differ in other ways", parts[-1])
    parts = parts[:-1] if more else parts
    kinds = {"gain": "gain", "gains": "gain", "is harmed": "harm", "are harmed": "harm"}
    seen = 0
    for part in parts:
        found = re.fullmatch(
            r"(.+) \(([\d,]+) people\) (gains?|is harmed|are harmed) by (.+), "
            r"(which|and (?:is|are) harmed by) (.+?)(?: do(?:es)? not show)?",
            part,
        )
        kind = kinds[found[3]] if found[5] == "which" else "torn"
        groups = patterns[kind, listed(found[4]), listed(found[6])]
        assert number(found[2]) == facts.people_in(groups)
        check_names(found[1], groups)
        seen += len(groups)
    assert len(parts) == min(3, len(patterns))
    assert seen + (int(more[1]) if more else 0) == sum(map(len, patterns.values()))


def labels(costs):
    return frozenset(c["label"] for c in costs)


def listed(text):
    return frozenset(re.split(", | and ", text))
