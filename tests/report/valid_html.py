"""What is wrong with a page as HTML: parse errors of the standard, then what may stand where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

# Elements and attributes that our pages may use at all; a new one is checked against the standard
# once, here.
GLOBAL = {"id", "class", "lang", "hidden", "tabindex", "role"}
ATTRIBUTES: dict[str, set[str]] = {
    "html": set(),
    "head": set(),
    "body": set(),
    "meta": {"charset", "name", "content", "http-equiv"},
    "link": {"rel", "href"},
    "title": set(),
    "style": set(),
    "script": {"type"},
    **{name: set() for name in ("header", "main", "footer", "section", "div", "span", "p", "br")},
    **{name: set() for name in ("h1", "h2", "h3", "strong", "bdi", "ul", "li", "dl", "dt", "dd")},
    **{name: set() for name in ("figure", "figcaption", "summary", "table", "caption", "thead")},
    **{name: set() for name in ("tbody", "tfoot", "tr")},
    "details": {"open"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "a": {"href", "rel", "download"},
    "button": {"type"},
    "label": {"for"},
    "input": {"type", "min", "max", "step", "value"},
    "output": {"for"},
    "select": set(),
    "option": {"value"},
}
PARENTS: dict[str, set[str]] = {
    "li": {"ul"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "figcaption": {"figure"},
    "summary": {"details"},
    "caption": {"table"},
    "thead": {"table"},
    "tbody": {"table"},
    "tfoot": {"table"},
    "tr": {"thead", "tbody", "tfoot"},
    "th": {"tr"},
    "td": {"tr"},
    "option": {"select"},
    "main": {"body"},
    "title": {"head"},
    "style": {"head"},
    "meta": {"head"},
    "link": {"head"},
}
CHILDREN: dict[str, set[str]] = {
    "ul": {"li"},
    "dl": {"div", "dt", "dd"},
    "table": {"caption", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"th", "td"},
    "select": {"option"},
}
PHRASING = {"span", "strong", "bdi", "br", "a", "button", "label", "input", "output", "select"}
PHRASING |= {"svg", "option"}
# Inside these only phrasing may stand.
NARROW = {"p", "span", "strong", "bdi", "h1", "h2", "h3", "button", "label", "output", "dt", "a"}
NARROW |= {"caption"}
INTERACTIVE = {"a", "button", "input", "select", "label", "details"}
CONTROLS = {"input", "select"}
FIRST = {"details": "summary", "figure": "figcaption", "table": "caption"}
HTML = "{http://www.w3.org/1999/xhtml}"
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


Parents = Mapping[Element, Element]


def problems(page: str) -> list[str]:
    """List what is wrong with a page; nothing for a valid one."""
    parser = HTMLParser()
    root = parser.parse(page)
    found = [f"line {line}: {code} {more}" for (line, _), code, more in parser.errors]
    parents = {child: parent for parent in root.iter() for child in parent}
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    ids = Counter(node.attrib["id"] for node in nodes if "id" in node.attrib)
    found += [f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
    found += [f"id {name!r} is empty or has a space" for name in ids if name.split() != [name]]
    names = Counter(node.tag.removeprefix(HTML) for node in nodes)
    found += [f"{names[name]} of {name}" for name in ("h1", "main", "title") if names[name] != 1]
    labelled = {node.attrib.get("for") for node in nodes if node.tag == f"{HTML}label"}
    for node in nodes:
        found += _references(node, ids)
        # What is drawn has rules of its own.
        if node.tag.startswith(HTML) and node is not root:
            above = [each.tag.removeprefix(HTML) for each in _above(node, parents)]
            found += _wrong(node, above, parents[node])
            name = node.tag.removeprefix(HTML)
            if name in CONTROLS and "label" not in above and node.get("id") not in labelled:
                found.append(f"{name} has no label")
    return found


def _above(node: Element, parents: Parents) -> Iterator[Element]:
    while node in parents:
        node = parents[node]
        yield node


def _references(node: Element, ids: Counter[str]) -> Iterator[str]:
    for attribute in REFERENCES:
        for target in node.get(attribute, "").split():
            if target not in ids:
                yield f"{node.tag.removeprefix(HTML)} {attribute}={target!r} names nothing"
    if node.get("href", "").startswith("#") and node.attrib["href"][1:] not in ids:
        yield f"href={node.attrib['href']!r} names nothing"


def _wrong(node: Element, above: list[str], inside: Element) -> Iterator[str]:
    name, parent = node.tag.removeprefix(HTML), above[0]
    if name not in ATTRIBUTES:
        yield f"{name} is not known here"
        return
    yield from _attributes(node, name)
    if parent not in PARENTS.get(name, {parent}):
        yield f"{name} stands in {parent}"
    if name not in CHILDREN.get(parent, {name}) or (parent in NARROW and name not in PHRASING):
        yield f"{parent} holds {name}"
    if name in INTERACTIVE and {"a", "button"} & set(above):
        yield f"{name} stands in an element that can be clicked"
    for whole, first in FIRST.items():
        if name == whole and (len(node) == 0 or node[0].tag != HTML + first):
            yield f"{whole} does not begin with {first}"
        if name == first and inside[0] is not node:
            yield f"{first} is not the first of its {whole}"


def _attributes(node: Element, name: str) -> Iterator[str]:
    known = GLOBAL | ATTRIBUTES[name]
    for attribute in node.attrib:
        if not str(attribute).startswith(("data-", "aria-")) and attribute not in known:
            yield f"{name} has no attribute {attribute}"
    for needs, needed in (("th", "scope"), ("button", "type")):
        if name == needs and not node.get(needed):
            yield f"{name} has no {needed}"
