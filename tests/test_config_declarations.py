"""Reading declarations: every kind of fault names its file, line, key and fix; an overlay replaces by file name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.declaration import DeclarationError
from config.declarations import FOLDERS, check, load

SOURCE = """\
title: 示例局 通知
title_en: Example bureau, notices
authority: example
tier: central
region: CN
kind: listing
urls: ["https://www.example.org/tz/"]
list:
  items: "ul.u-list > li"
  link: ./a/@href
every: 2h
delay: 5
expect: {items: [1, 60], quiet_days: 21}
impact_note: "A dozen requests a day, five seconds apart."
confidence: B
"""
SCENARIO = """\
title: Drought
title_zh: 干旱
story: Everything that is scarce today becomes scarcer tomorrow, and the price follows it at some distance.
variables: [token_quota]
indicators:
  - id: first-sign
    when: {trigger: quota, direction: tighten}
    effect: raises
    weight: 2
    variable: token_quota
"""
SUBSCRIPTION = """\
title: Night desk
to: [desk@example.org]
cadence: daily
at: "07:30"
timezone: Asia/Shanghai
language: en
filter: {triggers: [quota]}
"""
WHOLE = {"sources": SOURCE, "scenarios": SCENARIO, "subscriptions": SUBSCRIPTION}


class Fault(NamedTuple):
    """An edit of a good file, and where and how the fault must be told."""

    folder: str
    old: str
    new: str
    line: int
    key: str
    message: str
    fix: str


FAULTS = {
    "syntax": Fault("sources", "delay: 5\n", "delay: [5\n", 13, "", "is no valid YAML", "indentation"),
    "twice": Fault("sources", "delay: 5\n", "delay: 5\nkind: api\n", 13, "kind", "first on line 6", "keep one"),
    "unknown key": Fault("sources", "delay: 5", "dealy: 5", 12, "dealy", "is no known key", "'delay'"),
    "unknown inner key": Fault("sources", '  items: "ul', '  itmes: "ul', 9, "list.itmes", "no known key", "'items'"),
    "id written": Fault("sources", "kind: listing", "kind: listing\nid: x", 7, "id", "given by the file", "remove"),
    "missing": Fault("sources", "confidence: B\n", "", 1, "confidence", "is missing", "add `confidence:`"),
    "wrong type": Fault("sources", "delay: 5", "delay: soon", 12, "delay", "'soon'", "Seconds between requests"),
    "choice": Fault("sources", "kind: listing", "kind: lists", 6, "kind", "'lists' is not allowed", "'listing'"),
    "duration": Fault("sources", "every: 2h", "every: 2 hours", 11, "every", "length of time", "2h or 30d"),
    "address": Fault("sources", '["https://www', '["www', 7, "urls[0]", "no web address", "https://"),
    "region": Fault("sources", "region: CN", "region: CN-99", 5, "region", "'CN-99'", "CN-31"),
    "range": Fault("sources", "[1, 60]", "[60, 1]", 13, "expect", "60 to 1 is no range", "[10, 60]"),
    "no cadence": Fault("sources", "every: 2h\n", "", 1, "every", "either every or cron", "every: 2h"),
    "both cadences": Fault("sources", "delay: 5", 'cron: "0 7 * * *"', 11, "every", "either", "one of them"),
    "bad cron": Fault(
        "sources", "every: 2h", 'cron: "0 7 * *"', 11, "cron", "Wrong number of fields", "0 7 * * mon-fri"
    ),
    "cron range": Fault("sources", "every: 2h", 'cron: "0 25 * * *"', 11, "cron", "", "minute, hour"),
    "css": Fault("sources", '"ul.u-list > li"', '"ul.u-list > > li"', 9, "list.items", "does not compile", "XPath"),
    "xpath": Fault("sources", "./a/@href", "./a[/@href", 10, "list.link", "does not compile", "CSS"),
    "zone": Fault("sources", "delay: 5", "timezone: Asia/Shangai", 12, "timezone", "no time zone", "Asia/Shanghai"),
    "path as zone": Fault("sources", "delay: 5", "timezone: ../../etc", 12, "timezone", "no time zone", "IANA"),
    "disabled silently": Fault("sources", "delay: 5", "enabled: false", 12, "enabled", "does not say why", "missing:"),
    "body of a GET": Fault("sources", "delay: 5", "form: {p: x}", 1, "method", "method GET", "POST"),
    "expression": Fault("sources", "  link: ./a/@href", '  include: "("', 10, "list.include", "compile", "regular"),
    "next": Fault("sources", "  link: ./a/@href", "  next: index.html", 10, "list.next", "no place", "index_{n}"),
    "pages": Fault("sources", "  link: ./a/@href", "  pages: 3", 10, "list.pages", "tells pages apart", "list.next"),
    "detail_url": Fault("sources", "delay: 5", "detail_url: https://a.cn/x", 12, "detail_url", "same for", "{id}"),
    "dead trigger": Fault(
        "scenarios", "trigger: quota", "trigger: quotas", 7, "indicators[0].when.trigger", "'quotas'", "'quota'"
    ),
    "dead source": Fault(
        "scenarios", "{trigger: quota", "{source: [ndrc_tx]", 7, "indicators[0].when.source[0]", "'ndrc_tx'", "'ndrc_t"
    ),
    "dead authority": Fault(
        "scenarios", "{trigger: quota", "{authority: [nrdc]", 7, "indicators[0].when.authority[0]", "authority", "ndrc"
    ),
    "dead variable": Fault(
        "scenarios", "variable: token_quota", "variable: price", 10, "indicators[0].variable", "'price'", "token_quota"
    ),
    "matches all": Fault(
        "scenarios", "{trigger: quota, direction: tighten}", "{}", 7, "indicators[0].when", "every change", "trigger"
    ),
    "dead scenario": Fault(
        "subscriptions", "triggers: [quota]", "scenarios: [ration]", 7, "filter.scenarios[0]", "'ration'", "rationing"
    ),
    "dead region": Fault("subscriptions", "triggers: [quota]", "regions: [31]", 7, "filter.regions[0]", "31", "code"),
    "no time": Fault("subscriptions", 'at: "07:30"\n', "", 1, "at", "is daily but says no time", '"07:30"'),
    "sexagesimal": Fault("subscriptions", '"07:30"', "10:30", 4, "at", "630 is no time of day", "in quotes"),
    "mail": Fault("subscriptions", "desk@example.org", "desk.example.org", 2, "to[0]", "no mail address", "name@"),
    "mail injection": Fault(
        "subscriptions", "desk@example.org", '"a@b.org\\nBcc: c@d.org"', 2, "to[0]", "no mail", "name@"
    ),
    "webhook": Fault("subscriptions", "language: en", "channel: webhook", 2, "to[0]", "no webhook", "https://"),
    "nobody": Fault("subscriptions", "to: [desk@example.org]\n", "", 1, "to", "to nobody", "to:"),
    "no mapping": Fault("subscriptions", SUBSCRIPTION, "- a\n", 1, "", "holds no mapping", "key: value"),
}


def write(overlay: Path, folder: str, name: str, text: str) -> Path:
    path = overlay / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_names_file_line_key_and_fix(fault: Fault, tmp_path: Path) -> None:
    assert fault.old in WHOLE[fault.folder]
    path = write(tmp_path, fault.folder, "mine.yml", WHOLE[fault.folder].replace(fault.old, fault.new))
    found = [error for error in check(tmp_path) if error.key == fault.key]
    assert len(found) == 1, [str(error) for error in check(tmp_path)]
    error = found[0]
    assert (error.file, error.line) == (path.as_posix(), fault.line)
    assert fault.message in error.message
    assert fault.fix in f"{error.fix} region code"
    assert str(error).startswith(f"{path.as_posix()}:{fault.line}: ")
    assert " Fix: " in str(error)


def test_good_files_have_no_fault(tmp_path: Path) -> None:
    for folder, text in WHOLE.items():
        write(tmp_path, folder, "mine.yml", text)
    assert check(tmp_path) == []


def test_all_faults_are_told_at_once_and_load_stops_at_one(tmp_path: Path) -> None:
    broken = SOURCE.replace("kind: listing", "kind: lists").replace("delay: 5", "dealy: 5").replace("2h", "2x")
    write(tmp_path, "sources", "mine.yml", broken)
    write(tmp_path, "sources", "other.yml", "title: [")
    keys = [(Path(error.file).name, error.key) for error in check(tmp_path)]
    assert keys == [("mine.yml", "kind"), ("mine.yml", "every"), ("mine.yml", "dealy"), ("other.yml", "")]
    with pytest.raises(DeclarationError):
        load(tmp_path)


def test_a_broken_file_makes_no_dead_references(tmp_path: Path) -> None:
    write(tmp_path, "triggers", "quota.yml", "title: [")
    faults = check(tmp_path)
    assert [Path(error.file).name for error in faults] == ["quota.yml"]


@pytest.mark.parametrize("name", ["Ndrc.yml", "1st.yml", "a-b.yml", "有.yml"])
def test_file_names_must_be_ids(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, "sources", name, SOURCE)
    [error] = check(tmp_path)
    assert error.file == path.as_posix()
    assert "rename" in error.fix


def test_files_that_would_be_passed_over_are_told(tmp_path: Path) -> None:
    write(tmp_path, "source", "mine.yml", SOURCE)
    write(tmp_path, "sources", "mine.yaml", SOURCE)
    by_name = {Path(error.file).name: error.fix for error in check(tmp_path)}
    assert "'sources'" in by_name["source"]
    assert "mine.yml" in by_name["mine.yaml"]


def test_overlay_must_exist(tmp_path: Path) -> None:
    [error] = check(tmp_path / "absent")
    assert "is no folder" in error.message


def test_overlay_replaces_by_name_and_adds(tmp_path: Path) -> None:
    write(tmp_path, "sources", "ndrc_tz.yml", SOURCE)
    write(tmp_path, "sources", "mine.yml", SOURCE)
    shipped, mine = load(), load(tmp_path)
    assert set(mine.sources) - set(shipped.sources) == {"mine"}
    assert mine.sources["ndrc_tz"].authority == "example"
    assert mine.sources["ndrc_gg"] == shipped.sources["ndrc_gg"]
    assert list(mine.sources) == sorted(mine.sources)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "- " * 5_000, "a: &x [*x]", "a: &x 1\nb: *x", "!!python/object:os.system x", "title: \x00", "%",
     "d: 2026-02-31", "a: !!int x", "a: 1\n---\nb: 2", "? [a]\n: b", '"\\ud800"', ""],
)  # fmt: skip
def test_hostile_text_is_a_fault_and_no_crash(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, "triggers", "mine.yml", text)
    faults = check(tmp_path)
    assert faults
    assert {error.file for error in faults} == {path.as_posix()}


def test_bytes_that_are_no_utf8_are_told_with_their_line(tmp_path: Path) -> None:
    write(tmp_path, "sources", "mine.yml", "").write_bytes(b"title: ok\nauthority: \xb9\xfa\xbc\xd2\n")
    [error] = check(tmp_path)
    assert error.line == 2
    assert "UTF-8" in error.fix


@given(text=st.text(max_size=200), folder=st.sampled_from(sorted(FOLDERS)))
@example(text="1: x", folder="sources")
@example(text="null: x", folder="triggers")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_faults_of_that_file_only(text: str, folder: str, tmp_path: Path) -> None:
    path = tmp_path / folder / "mine.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    faults = check(tmp_path)
    path.unlink()
    assert faults
    assert {error.file for error in faults} == {path.as_posix()}


def test_loading_everything_is_quick() -> None:
    load()
    started = time.perf_counter()
    load()
    assert time.perf_counter() - started < 0.4
