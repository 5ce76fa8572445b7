"""A strict reader of HTML: html5lib for the grammar, and here what the standard lets stand where.

It agrees with the Nu checker on our pages. The tables hold what our pages use and may well use
next; an element or attribute that is missing here is looked up in https://html.spec.whatwg.org/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib


def words(text: str) -> set[str]:
    return set(text.split())


GLOBAL = words(
    "accesskey autocapitalize autofocus class dir enterkeyhint hidden id inert inputmode lang"
    " popover role spellcheck tabindex title translate"
)
ARIA = words(
    "aria-atomic aria-autocomplete aria-busy aria-checked aria-controls aria-current"
    " aria-describedby aria-details aria-disabled aria-expanded aria-haspopup aria-hidden"
    " aria-invalid aria-keyshortcuts aria-label aria-labelledby aria-level aria-live aria-modal"
    " aria-orientation aria-owns aria-pressed aria-readonly aria-required aria-roledescription"
    " aria-selected aria-sort aria-valuemax aria-valuemin aria-valuenow aria-valuetext"
)
HEADINGS = words("h1 h2 h3 h4 h5 h6")
# What stands in a line of words.
PHRASING = words(
    "a abbr b bdi bdo br button cite code data datalist em i img input kbd label link mark meter"
    " meta noscript output picture progress q s samp script select small span strong sub sup svg"
    " template textarea time u var video wbr"
)
BLOCKS = words(
    "html head title body header footer main nav section article aside search address div p hr pre"
    " blockquote ol ul menu li dl dt dd figure figcaption details summary dialog source table"
    " caption colgroup col thead tbody tfoot tr td th form fieldset legend optgroup option g use"
    " path circle rect"
)
FIELD = "autocomplete disabled form name required"
SHAPE = "d cx cy r x y width height rx ry fill stroke stroke-width transform"
# The attributes that an element has of its own.
OWN = {
    "a": "download href hreflang rel target type", "abbr": "", "time": "datetime", "data": "value",
    "meta": "charset content http-equiv media name property", "blockquote": "cite", "q": "cite",
    "link": "as crossorigin href integrity media rel sizes type", "dialog": "open",
    "script": "async crossorigin defer integrity src type", "details": "name open",
    "ol": "reversed start type", "li": "value", "label": "for", "output": "for form name",
    "video": "autoplay controls height loop muted playsinline poster preload src width",
    "img": "alt decoding fetchpriority height loading sizes src srcset width",
    "source": "height media sizes srcset type width", "colgroup": "span", "col": "span",
    "td": "colspan headers rowspan", "th": "abbr colspan headers rowspan scope",
    "form": "accept-charset action autocomplete enctype method name novalidate rel target",
    "fieldset": "disabled form name", "optgroup": "disabled label",
    "option": "disabled label selected value", "select": f"{FIELD} multiple size",
    "textarea": f"{FIELD} cols maxlength minlength placeholder readonly rows wrap",
    "input": f"{FIELD} accept alt capture checked formaction formmethod formnovalidate list max"
    " maxlength min minlength multiple pattern placeholder readonly size step type value",
    "button": "disabled form formaction formenctype formmethod formnovalidate formtarget name"
    " popovertarget popovertargetaction type value",
    "progress": "max value", "meter": "high low max min optimum value",
    "svg": f"{SHAPE} viewBox xmlns version focusable preserveAspectRatio", "g": SHAPE,
    "use": f"{SHAPE} href", "path": SHAPE, "circle": SHAPE, "rect": SHAPE,
}  # fmt: skip
# What alone stands directly in an element; in those of LINES, what stands in a line.
LINES = PHRASING - words("a noscript svg template picture select datalist video") | HEADINGS
LINES |= {"p", "pre"}
SCRIPT = words("script template")
HOLDS = {
    "ul": SCRIPT | {"li"}, "ol": SCRIPT | {"li"}, "menu": SCRIPT | {"li"},
    "dl": SCRIPT | words("dt dd div"), "tr": SCRIPT | words("td th"),
    "table": SCRIPT | words("caption colgroup thead tbody tfoot tr"),
    "thead": SCRIPT | {"tr"}, "tbody": SCRIPT | {"tr"}, "tfoot": SCRIPT | {"tr"},
    "select": words("option optgroup hr"), "optgroup": {"option"}, "option": set(),
    "legend": PHRASING | HEADINGS, "summary": PHRASING | HEADINGS,
}  # fmt: skip
WITHIN = {
    "li": words("ul ol menu"), "dt": words("dl div"), "dd": words("dl div"),
    "legend": {"fieldset"}, "summary": {"details"}, "figcaption": {"figure"},
    "option": words("select optgroup datalist"),
}  # fmt: skip
INTERACTIVE = words("a button details input label select textarea")
NOT_INSIDE = {
    "a": INTERACTIVE, "button": INTERACTIVE, "label": {"label"}, "form": {"form"},
    "dt": HEADINGS | words("header footer section"), "th": HEADINGS | words("header footer"),
    "header": words("header footer main"), "footer": words("header footer main"),
}  # fmt: skip
FIRST = words("summary legend caption")
NEEDS = {"details": {"summary"}, "fieldset": {"legend"}, "dl": {"dt", "dd"}, "head": {"title"}}
LABELABLE = words("button input meter output progress select textarea")
WORDED = HEADINGS | words("title legend summary th label")
# They have no role, and so no label of theirs would be read out.
NAMELESS = words("div span p b em i small strong code kbd time dt dd")
TYPES = words(
    "hidden text search tel url email password date month week time datetime-local number range"
    " color checkbox radio file submit image reset button"
)
REFERS = words("for form list headers aria-labelledby aria-describedby aria-controls aria-owns")
Path = list[Element]


def faults(text: str) -> list[str]:
    """What a strict reader would say of a page, or of a fragment of one; nothing if valid."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    whole = text.lstrip().lower().startswith("<!doctype")
    root: Any = parser.parse(text) if whole else parser.parseFragment(text)
    found = [f"line {line}: {code} {data}" for (line, _), code, data in parser.errors]
    elements = list(walk(root, []))
    for path in elements:
        found += [f"{where(path)}: {said}" for rule in RULES for said in rule(path)]
    return found + (of_ids([path[-1] for path in elements]) if whole else [])


def walk(element: Element, above: Path) -> Iterator[Path]:
    if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
        above = [*above, element]
        yield above
    for child in element:
        yield from walk(child, above)


def name_of(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def where(path: Path) -> str:
    last = path[-1]
    mark = next(
        (f"[{key}={last.get(key)}]" for key in ("id", "name", "class") if last.get(key)), ""
    )
    return " > ".join(map(name_of, path[-3:])) + mark


def known(path: Path) -> Iterator[str]:
    element, name = path[-1], name_of(path[-1])
    if name not in PHRASING | HEADINGS | BLOCKS:
        yield "unknown element"
    own = words(OWN.get(name, "")) | GLOBAL | ARIA
    for attribute in element.attrib:
        if attribute not in own and not attribute.startswith("data-"):
            yield f"unknown attribute {attribute}"


def placed(path: Path) -> Iterator[str]:
    """The content models: what stands directly in what."""
    name = name_of(path[-1])
    # An `a` may hold what its parent may.
    parent = next((name_of(one) for one in reversed(path[:-1]) if name_of(one) != "a"), None)
    if parent in HOLDS and name not in HOLDS[parent]:
        yield f"not allowed in {parent}"
    elif parent in LINES and name not in PHRASING:
        yield f"a block in {parent}"
    if parent and name in WITHIN and parent not in WITHIN[name]:
        yield f"not allowed in {parent}"
    if name in FIRST and len(path) > 1 and path[-2][0] is not path[-1]:
        yield "not the first"
    for above in path[:-1]:
        hidden = name == "input" and path[-1].get("type") == "hidden"
        if name in NOT_INSIDE.get(name_of(above), ()) and not hidden:
            yield f"inside {name_of(above)}"


def complete(path: Path) -> Iterator[str]:
    """What has to be there: words in headings and labels, alt, a summary, a known type."""
    element, name, inner = path[-1], name_of(path[-1]), list(path[-1].iter())[1:]
    own = element.attrib
    named = any(one.get("alt") or one.get("aria-label") for one in (element, *inner))
    between = [element.text, *(one.tail for one in element)]
    yield from (
        f"empty {key}" for key in words("id name for action lang src") if own.get(key) == ""
    )
    if inner:
        yield from (f"without {one}" for one in NEEDS.get(name, set()) - set(map(name_of, inner)))
    if name in WORDED and not named and not "".join(element.itertext()).strip():
        yield "empty"
    if name == "img" and "alt" not in own:
        yield "no alt"
    if name == "input" and own.get("type", "text") not in TYPES:
        yield f"unknown type {own['type']}"
    if name == "input" and own.get("type") == "hidden" and (ARIA | {"required"}) & set(own):
        yield "hidden, yet required or described"
    if name in NAMELESS and "aria-label" in own and "role" not in own:
        yield "aria-label without a role"
    if any(" " in own.get(key, "").strip() for key in words("href src action formaction")):
        yield "a space in an address"
    if name in words("ul ol dl table tr") and any((text or "").strip() for text in between):
        yield "words between the parts"
    if name == "label" and sum(name_of(one) in LABELABLE for one in inner) > 1:
        yield "several fields"
    if name in {"a", "button"} and any("tabindex" in one.attrib for one in inner):
        yield "tabindex inside"


RULES: tuple[Callable[[Path], Iterator[str]], ...] = (known, placed, complete)


def of_ids(elements: list[Element]) -> list[str]:
    """Ids are unique words, and whatever is referred to is there; a label is for a field."""
    ids = Counter(element.get("id", "") for element in elements if "id" in element.attrib)
    found = [f"#{one} stands {n} times" for one, n in ids.items() if n > 1 or len(one.split()) != 1]
    fields = {element.get("id") for element in elements if name_of(element) in LABELABLE}
    for element in elements:
        name = name_of(element)
        for key in REFERS & set(element.attrib):
            there = fields if name == "label" else ids
            missing = [one for one in element.attrib[key].split() if one not in there]
            found += [f"{name} {key}={one} leads nowhere" for one in missing]
    if sum(name_of(element) == "main" for element in elements) > 1:
        found.append("several main")
    return found
