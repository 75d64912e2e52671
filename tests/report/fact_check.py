"""A second opinion on the sentences of the first screen, from the JSON of the audit alone."""

from __future__ import annotations

import re

NUMBER = r"[-−+]?[\d,]*\.?\d+"
HEADS = ("Who gains", "Who is harmed", "Who cannot be told", "Costs disagree")


def number(text):
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


def name(levels):
    return ", ".join(f"{key} missing" if one is None else one for key, one in levels.items())


def near(text, value, factor):
    """Whether a number as written is that of the JSON, to its last digit."""
    digits = len(text.split(".")[1]) if "." in text else 0
    return abs(number(text) - value * factor) <= 0.5001 * 10**-digits


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
        plain = [c for want in ("zero_one", "absolute_error") for c in telling if c["name"] == want]
        self.main = (plain or telling or [None])[0]
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

    def people(self, groups):
        return sum(g["n"] or 0 for g in groups)

    def the(self, cost, called):
        (found,) = [g for g in cost["groups"] if name(g["group"]) == called]
        return found

    def effect(self, cost, group, text):
        """Check a size, an interval and one in how many, as they follow a name."""
        factor = self.factor[cost["name"]]
        said = re.match(
            rf".*?({NUMBER})[^()]*?(?: \(95% CI ({NUMBER}) to ({NUMBER})\))"
            r"(?:, one in ([\d,]+) people)?",
            text,
        )
        assert said, text
        size, low, high, how_many = said.groups()
        sign = 1 if group["bop"] >= 0 else -1
        assert near(size, abs(group["bop"]), factor)
        ends = group["ci"] if sign > 0 else [-end for end in reversed(group["ci"])]
        assert near(low, ends[0], factor)
        assert near(high, ends[1], factor)
        if how_many:
            assert factor == 100
            exact = 1 / abs(group["bop"])
            assert exact * 0.98 - 1 <= number(how_many) <= exact * 1.1 + 1
        better = any(word in text for word in ("fewer wrong", "closer", " lower by", "AUC higher"))
        worse = any(word in text for word in ("more wrong", "further", " higher by", "AUC lower"))
        if cost["kind"] == "prediction":
            assert better == (sign > 0)
            assert worse == (sign < 0)


def check_names(text, groups):
    """Check that a list names groups that it is about, the largest, and counts the others."""
    called = re.findall("“(.+?)”", text)
    more = re.search(r" and (\d+) more", text)
    assert len(called) + (int(more[1]) if more else 0) == len(groups)
    sizes = {name(g["group"]): g["n"] for g in groups}
    assert [sizes[one] for one in called] == sorted(sizes.values(), reverse=True)[: len(called)]


def check_sentences(audit, said):
    """Check every sentence of a first screen against the JSON of its audit; the second opinion."""
    facts = Facts(audit)
    assert [each.head for each in said][:3] == list(HEADS[:3])
    gains, harms, unknown, *more = (each.words for each in said)
    sizes = {name(g["group"]): g["n"] for g in facts.main["groups"]}
    for each in said:
        for called, n in re.findall(r"“([^”]+)” \(only (\d+) rows?\)", each.words):
            assert sizes[called] == int(n) < 50
    check_gains(facts, gains)
    check_harms(facts, harms)
    check_harms_elsewhere(facts, harms)
    check_unknown(facts, unknown)
    check_what_would_tell(facts, unknown)
    check_disagreement(facts, more[0] if more else None)


def check_gains(facts, gains):
    """Check who gains."""
    main = facts.main
    judged = [g for g in main["groups"] if facts.judged(g)]
    gaining = facts.having(main, "gain")
    if not judged:
        assert gains.startswith("no group has 50 rows or more")
    elif not gaining:
        assert gains.startswith(f"no group is shown to get better predictions, of {len(judged)}")
    else:
        first = re.match(
            r"(?:(\d+) of (\d+) groups?|all (\d+) groups|the one group) \(([\d,]+) people\) gets? "
            r"better predictions, most of all “?(.+?)”?: (.+?)(?:; over everybody|$)",
            gains,
        )
        some, of, every, people, called, rest = first.groups()
        assert int(some or every or 1) == len(gaining)
        assert int(of or every or 1) == len(judged)
        assert number(people) == facts.people(gaining)
        best = max(gaining, key=lambda g: g["bop"])
        assert facts.the(main, called) is best
        facts.effect(main, best, rest)
    over = re.search(r"over everybody (.+?)(?:; explanations|$)", gains)
    facts.effect(main, main["population"], over[1])
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
            r"(?: \(only (\d+) rows?\))?: ([^;]+)",
            harms,
        )
        assert int(found[1]) == len(harmed)
        assert number(found[2]) == facts.people(harmed)
        large = [g for g in harmed if facts.judged(g)]
        worst = min(large or harmed, key=lambda g: g["bop"])
        assert facts.the(main, found[3]) is worst
        assert (found[4] is not None) == (not large)
        facts.effect(main, worst, found[5])
    else:
        assert harms.startswith("no group is shown to be harmed in prediction")
    same = facts.having(main, "no material difference")
    found = re.search(rf"(\d+) groups? shown to differ by less than ({NUMBER})", harms)
    assert (found is not None) == bool(same)
    if found:
        assert int(found[1]) == len(same)
        assert near(found[2], main["epsilon"], facts.factor[main["name"]])


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
            assert number(found[2]) == facts.people(elsewhere.values())
            check_names(found[3], elsewhere.values())


def check_unknown(facts, unknown):
    """Check of whom nothing is known."""
    main = facts.main
    judged = [g for g in main["groups"] if facts.judged(g)]
    silent = facts.having(main, "cannot tell")
    found = re.match(r"for (\d+) of (\d+) groups? \(([\d,]+) people\)", unknown)
    assert (found is not None) == bool(silent)
    if found:
        assert [int(found[1]), int(found[2])] == [len(silent), len(judged)]
        assert number(found[3]) == facts.people(silent)
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
    takes = re.search(
        rf"to show .*?({NUMBER}).*? takes about ([\d,]+)(?: to ([\d,]+))? rows a group \(“?(.+?)”? "
        r"has ([\d,]+), needs ([\d,]+)\)",
        unknown,
    )
    more = [g for g in silent if g["required"] is not None and g["required"] > g["n"]]
    sure = [g for g in more if g["required"] > 1.1 * g["n"] + 1]
    assert takes is not None or not sure
    if takes:
        assert near(takes[1], main["epsilon"], facts.factor[main["name"]])
        needs = [g["required"] for g in silent if g["required"] is not None]
        assert min(needs) <= number(takes[2])
        assert number(takes[3] or takes[2]) <= 1.1 * max(needs) + 1
        largest = facts.the(main, takes[4])
        assert largest in silent
        assert number(takes[5]) == largest["n"]
        assert largest["required"] <= number(takes[6]) <= 1.1 * largest["required"] + 1
    enough = [g for g in silent if g["required"] is not None and g not in more]
    found = re.search(r"(\d+) groups? had rows enough", unknown)
    # A number needed is rounded up, so that one just below is said to need more.
    assert (int(found[1]) if found else 0) in range(
        sum(1.1 * g["required"] + 1 <= g["n"] for g in enough), len(enough) + 1
    )
    found = re.search(r"for (\d+) groups? it is not known what would tell", unknown)
    assert (int(found[1]) if found else 0) == sum(g["required"] is None for g in silent)


def check_disagreement(facts, words):
    """Check where costs contradict each other."""
    main = facts.main

    def pair(cost):
        return [
            {
                j
                for j, g in enumerate(cost["groups"])
                if g["verdict"] == verdict and not g["by_scale"] and facts.judged(g)
            }
            for verdict in ("gain", "harm")
        ]

    others = [c for c in facts.costs if c["kind"] == "prediction" and pair(c) != pair(main)]
    torn = [
        g
        for j, g in enumerate(main["groups"])
        if facts.judged(g)
        and {"gain", "harm"}
        <= {c["groups"][j]["verdict"] for c in facts.costs if not c["groups"][j]["by_scale"]}
    ]
    assert (words is not None) == bool(others or torn)
    if words is None:
        return
    if others:
        found = re.search(r"shows (\d+) to gain and (\d+) to be harmed, others", words)
        assert [int(found[1]), int(found[2])] == list(map(len, pair(main)))
    told = re.findall(r"for (\d+) groups? \((\d+) gain, (\d+) harmed\)", words)
    assert [tuple(map(int, each)) for each in told] == [
        (len((pair(c)[0] ^ pair(main)[0]) | (pair(c)[1] ^ pair(main)[1])), *map(len, pair(c)))
        for c in others
    ]
    found = re.search(r"(\d+) groups? gains? by one cost and loses? by another: (.+)", words)
    assert (int(found[1]) if found else 0) == len(torn)
    if found:
        check_names(found[2], torn)
