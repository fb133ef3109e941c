"""The models: frozen, described, and the small types inside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from config import duration, region
from config.declarations import load
from config.document import dotted
from config.scenario import AtLeast, Indicator, Scenario, When
from config.settings import Settings
from config.source import Detail, Expect, Listing, Paging, Revisit, Source
from config.subscription import Filter, Subscription
from config.trigger import Example, Trigger

MODELS: tuple[type[BaseModel], ...] = (
    AtLeast, Detail, Example, Expect, Filter, Indicator, Listing, Paging, Revisit, Scenario, Settings, Source,
    Subscription, Trigger, When,
)  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_description(model: type[BaseModel]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_frozen_and_forbids_unknown_keys(model: type[BaseModel]) -> None:
    assert model.model_config.get("frozen")
    assert model.model_config.get("extra") == "forbid"


@given(st.integers(min_value=1, max_value=999_999), st.sampled_from("smhdw"))
def test_a_duration_that_is_shown_reads_back(number: int, unit: str) -> None:
    length = duration.parse(f"{number}{unit}")
    assert length > timedelta(0)
    assert duration.parse(duration.show(length)) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [("30s", timedelta(seconds=30)), ("15m", timedelta(minutes=15)), ("2h", timedelta(hours=2)),
     ("30d", timedelta(days=30)), ("4w", timedelta(days=28))],
)  # fmt: skip
def test_durations(text: str, length: timedelta) -> None:
    assert duration.parse(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "-1d", "2 h", "2H", "1.5h", "2h30m", 7200, None])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(ValidationError, match="length of time"):
        TypeAdapter(duration.Duration).validate_python(text)


def test_a_country_covers_its_divisions_and_not_the_other_way() -> None:
    assert region.within("CN-31", "CN")
    assert region.within("CN", "CN")
    assert not region.within("CN", "CN-31")
    assert not region.within("CN-31", "CN-3")


def test_every_province_is_named_in_both_languages() -> None:
    assert sum(code.startswith("CN-") for code in region.REGIONS) == 34
    assert all(zh and en.isascii() for zh, en in region.REGIONS.values())


def test_the_version_follows_what_is_written() -> None:
    trigger = load().triggers["quota"]
    assert trigger.version == load().triggers["quota"].version
    assert trigger.version != trigger.model_copy(update={"threshold": 0.6}).version


def test_page_numbers_are_filled_in_everywhere() -> None:
    sources = load().sources
    assert sources["cac"].request(1).form["pageno"] == "1"
    assert sources["cac"].request(3).form["pageno"] == "3"
    body = sources["tencent_notice"].request(2).body
    assert isinstance(body, dict)
    assert body["data"] == {"rp": 10, "page": "2", "categorys": ["21"], "labs": [], "keyword": ""}
    assert sources["mofcom"].request(2).params == {"paramJson": '{"pageNo":2,"pageSize":20}'}


def test_year_and_month_are_those_of_the_source_and_not_of_utc() -> None:
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert load().sources["cu_group"].addresses(new_year) == (
        "http://www.chinaunicom.com.cn/api/article/NewsByIndex/2/2027/01/news",
    )


def test_hosts_are_those_declared() -> None:
    sources = load().sources
    assert sources["nda_zcfb"].hosts == {"www.nda.gov.cn"}
    assert sources["mof_gss"].hosts == {"gss.mof.gov.cn", "*.mof.gov.cn"}


def test_examples_may_be_plain_or_with_a_direction() -> None:
    given_ = {"title": "t", "title_zh": "t", "description": "d" * 40, "silent_on": ["nothing of the kind"]}
    trigger = Trigger.model_validate(
        {**given_, "id": "x", "fires_on": ["a plain sentence", {"text": "another one", "direction": "loosen"}]}
    )
    assert [example.direction for example in trigger.fires_on] == [None, "loosen"]


def test_places_are_written_as_people_do() -> None:
    assert dotted(("indicators", 2, "when", "trigger")) == "indicators[2].when.trigger"
