"""Events: the frozen contract, validated by two independent readers, whatever a publisher writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from digests.alert import AlertEvent, schema_text, shipped_schema
from digests.compose import cancel_key, cancellation, event, event_id
from digests.fit import LIMIT, size
from digests.headline import LIMIT as HEADLINE
from digests.headline import amount, percentage
from digests.words import words
from index.records import Attachment, AttachmentChange, ClauseChange, Diff, FieldChange, Quote, Reading
from tests.telling import CONTEXT, NDRC, NOW, finding

ROOT = Path(__file__).parent
PUBLIC = replace(CONTEXT, public_url="https://vedette.example.org/")
SHIPPED = ROOT.parent / "digests/schemas/alert/1.json"
VALIDATOR = Draft202012Validator(shipped_schema(), format_checker=FormatChecker())
HOSTILE = [
    "通知\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>",
    "\u202egnol si siht\u202c <img src=x onerror=alert(1)>",
    "长" * 5000,
    "🧮🈲👩‍💻 算力" * 40,
    'javascript:alert(1)" onmouseover="x',
    "{{ 7*7 }} {% raw %} %s %(x)s {headline}",
    "\ud800 lone surrogate \x00\x07\x1b[31m",
    "",
]


def test_the_shipped_schema_is_the_one_the_models_make() -> None:
    assert SHIPPED.read_text("utf-8") == schema_text(), "schema_text() differs: only ever add fields within version 1"


def test_the_schema_is_sound_and_open() -> None:
    Draft202012Validator.check_schema(shipped_schema())
    assert shipped_schema()["additionalProperties"] is True
    assert all(part.get("additionalProperties") is True for part in shipped_schema()["$defs"].values())


def _draft() -> dict[str, Any]:
    """A new draft for comment, read in English, without numbers, without a summary given."""
    reading = Reading(
        url="https://www.example.cn/en/1.html",
        title="Measures for data export (draft for comment)",
        text="Article 1 Important data is assessed before export.",
        lang="en",
        comments_close=date(2026, 6, 30),
    )
    one = finding("draft", "residency", reading=reading, quantities=(), summary="", origin=NDRC, lifecycle="draft")
    quote = Quote("Important data is assessed", 10, 36)
    one = replace(one, tag=replace(one.tag, evidence=(quote,)), trigger=replace(one.trigger, matched_terms=()))
    return event(7, replace(one, before=None, change=replace(one.change, kind="new", before=None, diff=Diff())), PUBLIC)


def _withdrawn() -> dict[str, Any]:
    plain = finding(quantities=(), summary="", effects=())
    change = replace(plain.change, kind="withdrawn", after=None, diff=Diff())
    return event(8, replace(plain, after=None, change=change, lifecycle="repealed"), CONTEXT)


def _truncated() -> dict[str, Any]:
    clauses = tuple(ClauseChange("replace", f"第{n}条", "旧" * 900, "新" * 900) for n in range(60))
    plain = finding()
    return event(9, replace(plain, change=replace(plain.change, diff=Diff(clauses))), CONTEXT)


FROZEN: dict[str, Callable[[], dict[str, Any]]] = {
    "alert-1": lambda: event(123, finding(), CONTEXT),
    "alert-2-draft": _draft,
    "alert-3-withdrawn": _withdrawn,
    "alert-4-cancel": lambda: cancellation(10, event(5, finding(), CONTEXT), "The page was misread.", NOW, CONTEXT),
    "alert-5-truncated": _truncated,
}


@pytest.mark.parametrize("name", list(FROZEN))
def test_events_are_the_frozen_ones(name: str) -> None:
    """What the machine reads changes only on purpose: then the old file stays under another name, as a fixture."""
    golden = ROOT / f"golden/{name}.json"
    made = json.dumps(FROZEN[name](), ensure_ascii=False, indent=1) + "\n"
    if not golden.exists():
        golden.write_text(made, "utf-8")
        pytest.fail(f"wrote {golden}: review it, then run again")
    assert made == golden.read_text("utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "golden").glob("alert-*.json")), ids=lambda path: path.name)
def test_every_event_ever_frozen_still_validates(path: Path) -> None:
    old = json.loads(path.read_text("utf-8"))
    VALIDATOR.validate(old)
    assert AlertEvent.model_validate(old).model_dump(mode="json") == old


def test_dataschema_points_at_the_schema_of_the_data() -> None:
    made = event(1, finding(), replace(CONTEXT, public_url="https://vedette.example.org/"))
    place, _, pointer = made["dataschema"].partition("#")
    assert place == "https://vedette.example.org/schemas/alert/1.json"
    document = shipped_schema()
    part = {"$ref": f"#{pointer}", "$defs": document["$defs"]}
    Draft202012Validator(part).validate(made["data"])
    assert made["data"]["links"]["self"] == f"https://vedette.example.org/v1/alerts/{made['id']}"


def test_the_cloudevents_sdk_reads_the_event() -> None:
    made = event(123, finding(), CONTEXT)
    read = JSONFormat().read(CloudEvent, json.dumps(made).encode())
    assert (read.get_id(), read.get_type(), read.get_source()) == (
        made["id"],
        "org.vedette.alert.v1",
        "urn:vedette:test",
    )
    assert read.get_subject() == made["data"]["document"]["work_id"]
    assert read.get_time() == NOW
    assert read.get_extension("sequence") == "000000000123"
    assert read.get_data() == made["data"]


def test_ids_sort_as_the_feed_runs() -> None:
    key = finding().key
    assert event(123, finding(), CONTEXT)["id"] == f"000000000123-{key[:8]}"
    ids = [event_id(seq, key) for seq in (1, 2, 9, 10, 99, 100, 123456789012)]
    assert ids == sorted(ids)


def test_building_again_gives_the_same_bytes() -> None:
    assert json.dumps(event(7, finding(), CONTEXT)) == json.dumps(event(7, finding(), CONTEXT))


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles(title: str) -> None:
    reading = Reading(url="https://www.example.cn/1.html", title=title, text="a" * 40, issuer=title, doc_number=title)
    made = event(1, finding(reading=reading, quantities=()), CONTEXT)
    _sound(made)
    for text in (made["data"]["headline"], made["data"]["document"]["title"], *made["data"]["headlines"].values()):
        assert not any(ord(c) < 32 or c in "\u202e\u202c" for c in text)
    assert all(len(text) <= HEADLINE for text in made["data"]["headlines"].values())


def test_a_huge_change_is_cut_under_the_limit_and_says_so() -> None:
    huge = Diff(
        clauses=tuple(ClauseChange("replace", f"第{n}条", "旧" * 2000, "新" * 2000) for n in range(400)),
        fields=tuple(FieldChange("title", "旧" * 900, "新" * 900) for _ in range(50)),
        attachments=tuple(AttachmentChange("insert", None, f"https://example.cn/{n}.pdf") for n in range(100)),
        chars_changed=1_600_000,
    )
    plain = finding()
    quotes = tuple(Quote("词" * 1500, n, n + 1500) for n in range(60))
    made = event(
        1,
        replace(
            plain,
            change=replace(plain.change, diff=huge),
            tag=replace(plain.tag, evidence=quotes),
            effects=plain.effects * 40,
            addresses=tuple(f"https://mirror{n}.example.cn/{'a' * 60}.html" for n in range(200)),
            summary="述" * 9000,
        ),
        CONTEXT,
    )
    _sound(made)
    data = made["data"]
    assert data["truncated"] is True
    assert data["change"]["clauses"][0]["locator"] == "第0条"
    assert data["change"]["chars_changed"] == 1_600_000
    assert all(len(one["quote"]) == one["end"] - one["start"] for one in data["evidence"])


def test_an_ordinary_event_is_whole() -> None:
    data = event(1, finding(), CONTEXT)["data"]
    assert data["truncated"] is False
    assert data["change"]["clauses"] == [
        {"op": "replace", "locator": "第二条", "before": "每月39.9元", "after": "每月49.9元，自6月1日起执行"}
    ]
    one = finding()
    quote = data["evidence"][0]
    assert one.version.reading.text[quote["start"] : quote["end"]] == quote["quote"]
    assert data["duplicates"] == ["https://mirror.example.cn/price.html"]
    assert data["scenarios"][0]["parameter"] == data["scenarios"][0]["variable"] == "token_price"
    assert data["provenance"]["snapshot"] == f"sha256:{one.fetch.sha256}"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=200), st.integers(1, 10**12 - 1))
def test_any_text_gives_a_sound_event(title: str, clause: str, seq: int) -> None:
    plain = finding(title=title, quantities=(), instrument=clause or None)
    diff = Diff(clauses=(ClauseChange("insert", clause, None, title),))
    _sound(event(seq, replace(plain, change=replace(plain.change, diff=diff), summary=clause), CONTEXT))


def test_headlines_come_from_facts_in_either_language() -> None:
    headlines = event(1, finding(), CONTEXT)["data"]["headlines"]
    assert headlines["en"] == "[Pricing up] China Telecom: 15M-token plan CNY 39.9 → 49.9 a month (+25%)"
    assert headlines["zh"] == "【价格与收费·上调】中国电信：1500万词元包每月 39.9 → 49.9元（+25%）"


def test_an_english_headline_quotes_no_chinese_title() -> None:
    reading = Reading(
        url="https://www.ndrc.gov.cn/1.html",
        title="关于下达算力配额的通知",
        text="甲" * 40,
        doc_number="发改高技〔2026〕12号",
    )
    plain = finding(reading=reading, trigger="quota", quantities=(), origin=NDRC, instrument="通知")
    new = replace(plain, before=None, change=replace(plain.change, kind="new", before=None))
    headlines = event(1, new, CONTEXT)["data"]["headlines"]
    assert headlines["en"] == "[Quota and allocation tighter] NDRC: new notice on compute, quota (发改高技〔2026〕12号)"
    assert headlines["zh"] == "【配额与分配·收紧】国家发展改革委：发布《关于下达算力配额的通知》"


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        ("49.9", "CNY", "CNY 49.9", "49.9元"),
        ("1234567.5", "CNY", "CNY 1,234,567.5", "1,234,567.5元"),
        ("10000000", "token", "10M tokens", "1000万词元"),
        ("10000001", "token", "10,000,001 tokens", "10,000,001词元"),
        ("500000", "PFLOPS", "500,000 PFLOPS", "50万 PFLOPS"),
        ("12", "percent", "12%", "12%"),
        ("3", None, "3", "3"),
        (None, "token", "–", "–"),
        ("about 5", "token", "about 5 tokens", "about 5词元"),
    ],
)
def test_amounts_as_each_language_writes_them(value: str | None, unit: str | None, en: str, zh: str) -> None:
    assert amount(value, unit, words("en")) == en
    assert amount(value, unit, words("zh")) == zh


@pytest.mark.parametrize(
    ("percent", "shown"),
    [(25.06, "+25%"), (-12.5, "-12.5%"), (-20.0, "-20%"), (0.4, "+0.4%"), (100, "+100%"), (5, "+5%")],
)
def test_percentages(percent: float, shown: str) -> None:
    assert percentage(percent) == shown


def test_a_given_headline_wins_over_the_made_one() -> None:
    made = event(1, finding(headlines={"en": "Given\nheadline"}), CONTEXT)["data"]
    assert made["headlines"]["en"] == "Given headline"
    assert made["headlines"]["zh"].startswith("【价格与收费")


def test_a_cancellation_is_a_new_event_that_names_the_old() -> None:
    told = event(5, finding(), CONTEXT)
    made = cancellation(9, told, "The page was\nmisread.", NOW, CONTEXT)
    _sound(made)
    assert made["id"] == f"000000000009-{cancel_key(told)[:8]}"
    assert made["data"]["message_type"] == "cancel"
    assert made["data"]["references"] == [told["id"]]
    assert made["data"]["revision"] == 2
    assert made["data"]["summary"] == "The page was misread."
    assert made["data"]["scenarios"] == []
    assert made["data"]["headlines"]["en"].startswith("Correction: ")
    assert made["subject"] == told["subject"]


def test_an_update_names_what_it_updates() -> None:
    told = event(5, finding(), CONTEXT)
    made = event(6, finding("price2", message_type="update", references=(told["id"],), revision=2), CONTEXT)
    _sound(made)
    assert made["data"]["references"] == [told["id"]]


def test_withdrawn_documents_speak_of_their_last_version() -> None:
    plain = finding(quantities=())
    gone = replace(plain, after=None, change=replace(plain.change, kind="withdrawn", after=None, diff=Diff()))
    made = event(1, gone, CONTEXT)
    _sound(made)
    assert made["data"]["change"]["to_sha256"] is None
    assert made["data"]["document"]["title"] == "关于调整词元套餐资费的公告"


def test_a_finding_without_any_version_is_our_bug() -> None:
    with pytest.raises(ValueError, match="neither a version before nor one after"):
        event(1, replace(finding(), before=None, after=None), CONTEXT)


def test_attachments_of_the_reading_do_not_leak_into_the_event() -> None:
    reading = Reading(url="https://e.cn/1", title="t", text="a" * 40, attachments=(Attachment("https://e.cn/a.pdf"),))
    assert "a.pdf" not in json.dumps(event(1, finding(reading=reading), CONTEXT))


def _sound(made: dict[str, Any]) -> None:
    text = json.dumps(made, ensure_ascii=False)
    VALIDATOR.validate(json.loads(text.encode()))
    JSONFormat().read(CloudEvent, text.encode())
    assert size(made["data"]) < LIMIT
    assert not any(ord(c) < 32 for c in made["subject"] + made["id"] + made["triggerid"])
