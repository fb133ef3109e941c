"""Text of Word documents (Office Open XML): paragraphs with their automatic numbers, tables by row, notes at the end.

Deleted and moved-away revisions, hidden text, field codes, headers and footers are left out: a reader does not see
them as text of the document.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawlers.files.answer import Limits, Reading, UnreadableError
from crawlers.files.lines import row
from crawlers.files.numbering import Numbering
from crawlers.files.package import Package, attribute, local, named, resolved

_GONE = {"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "trPr", "tcPr"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-", "ptab": " "}


def read(package: Package, _limits: Limits) -> Reading:
    """The blocks of a docx in order; raises `UnreadableError("broken")` where it has no main document."""
    main = main_part(package)
    document = package.xml(main)
    if document is None:
        raise UnreadableError("broken", f"no part {main}")
    numbering = Numbering(package.xml(resolved(main, "numbering.xml")), package.xml(resolved(main, "styles.xml")))
    roots = (package.xml(resolved(main, f"{kind}.xml")) for kind in ("footnotes", "endnotes"))
    notes = (note for root in roots if root is not None for note in _notes(root))
    return Reading([*_blocks(document, numbering), *notes])


def main_part(package: Package) -> str:
    """The part that the package's relationships call its main document, else `word/document.xml`."""
    relations = package.xml("_rels/.rels")
    for relation in named(relations, "Relationship") if relations is not None else ():
        if (relation.get("Type") or "").endswith("/officeDocument"):
            return resolved("", relation.get("Target") or "")
    return "word/document.xml"


def _blocks(parent: etree._Element, numbering: Numbering) -> Iterator[str]:
    for child in parent:
        name = local(child)
        if name == "p":
            yield _paragraph(child, numbering)
            for box in named(child, "txbxContent"):
                if not _inside(box, "Fallback"):
                    yield from _blocks(box, numbering)
        elif name == "tbl":
            yield from (_row(tr, numbering) for tr in _own(child, "tr"))
        elif name not in _GONE:  # body, sdt, sdtContent, customXml, ins, moveTo ...
            yield from _blocks(child, numbering)


def _row(tr: etree._Element, numbering: Numbering) -> str:
    return row(" ".join(_blocks(tc, numbering)) for tc in _own(tr, "tc"))


def _own(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also in content controls, but not those of a table inside a cell."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) not in {"tbl", "tr", "tc", *_GONE}:
            yield from _own(child, name)


def _paragraph(p: etree._Element, numbering: Numbering) -> str:
    label, text = numbering.label(p), "".join(_runs(p))  # empty paragraphs are counted too
    return label + text if text.strip() else ""


def _runs(parent: etree._Element) -> Iterator[str]:
    for child in parent:
        name = local(child)
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name == "AlternateContent":
            yield _alternative(child)
        elif name not in _GONE and name != "txbxContent" and not (name == "r" and _hidden(child)):
            yield from _runs(child)


def _alternative(content: etree._Element) -> str:
    """The text of the choice, or of the fallback where the choice has none: emoji are kept so (ECMA-376 part 3)."""
    choices = [child for child in content if local(child) == "Choice"]
    text = "".join(_runs(choices[0])) if choices else ""
    boxed = any(True for choice in choices for _ in named(choice, "txbxContent"))
    fallback = () if text or boxed else (child for child in content if local(child) == "Fallback")
    return text + "".join(part for child in fallback for part in _runs(child))


def _hidden(run: etree._Element) -> bool:
    properties = next((c for c in run if local(c) == "rPr"), None)
    mark = next((c for c in properties if local(c) == "vanish"), None) if properties is not None else None
    return mark is not None and attribute(mark, "val") not in {"0", "false", "off"}


def _notes(root: etree._Element) -> Iterator[str]:
    nothing = Numbering(None, None)
    for note in root:
        if attribute(note, "type") is None:  # those with a type draw the separator line
            yield " ".join(_blocks(note, nothing))


def _inside(element: etree._Element, name: str) -> bool:
    return any(local(up) == name for up in element.iterancestors())
