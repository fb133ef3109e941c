"""Whether the little languages inside a source declaration are well formed: selectors and cron lines.

Called by `vedette check` only: it imports lxml, cssselect and apscheduler.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.document import Place
from config.source import Source

_SELECTOR_FIX = "write CSS, or XPath that starts with /, ./ or (, and try it with `vedette extract`"


def faults(source: Source) -> Iterator[tuple[Place, str, str]]:
    """Place, message and fix of every selector that does not compile, and of a cron line that is none."""
    for place, selector in _selectors(source):
        message = _fault_of(selector)
        if message:
            yield place, f"{selector!r} does not compile: {message}", _SELECTOR_FIX
    if source.cron is not None:
        message = _cron_fault(source.cron)
        if message:
            yield ("cron",), message, 'write minute, hour, day, month, weekday, for example "0 7 * * mon-fri"'


def _selectors(source: Source) -> Iterator[tuple[Place, str]]:
    rows = source.list
    for name in ("items", "link", "title", "date", "fragment"):
        value = getattr(rows, name)
        if value is not None:
            yield ("list", name), value
    for name in type(source.detail).model_fields:
        value = getattr(source.detail, name)
        if value is not None:
            yield ("detail", name), value
    for index, value in enumerate(source.remove):
        yield ("remove", index), value


def _fault_of(selector: str) -> str | None:
    """Say what is wrong with a selector, None if it compiles. `$…` and plain dotted words are JSON paths."""
    from lxml import etree  # noqa: PLC0415 - only `check` compiles selectors

    if not selector.strip():
        return "it is empty"
    if selector.startswith(("/", "./", "(")):
        try:
            etree.XPath(selector)
        except etree.XPathError as error:
            return str(error)
        return None
    return None if _is_json_path(selector) else _css_fault(selector)


def _is_json_path(selector: str) -> bool:
    steps = selector.split(".")
    return all(step and all(c.isalnum() or c in "_$*" for c in step) for step in steps)


def _css_fault(selector: str) -> str | None:
    from cssselect import SelectorError  # noqa: PLC0415 - only `check` compiles selectors
    from parsel.csstranslator import HTMLTranslator  # noqa: PLC0415 - only `check` compiles selectors

    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        return str(error)
    return None


def _cron_fault(cron: str) -> str | None:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - only `check` reads cron lines

    try:
        CronTrigger.from_crontab(cron, timezone="UTC")
    except ValueError as error:
        return str(error)
    return None
