"""Tags by the shipped head and the bundled encoder: real texts of our own, hostile input, long documents, changes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.features import LEXICON_ID, MOST_CLAUSES, clauses
from classify.head import load_head
from classify.sentences import LONGEST, plain, sentences
from classify.triggers import Document, Judgement, Tagger
from config.declarations import load
from config.trigger import Trigger
from index.embedding import SentenceEncoder, Vectors, open_encoder
from index.records import ClauseChange

CAP = "自下月起，平台将免费用户调用大模型接口的额度由每分钟六十次下调至二十次，超出部分按量计费。"
FILLER = "各级农业农村部门要加强田间管理，落实病虫害防治措施，组织开展技术培训，确保秋粮丰收。"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    return open_encoder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tagger(encoder: SentenceEncoder) -> Tagger:
    return Tagger(load_head(), encoder, list(load().triggers.values()))


def by_trigger(judged: Sequence[Judgement]) -> dict[str, Judgement]:
    return {j.trigger: j for j in judged}


def test_the_shipped_head_is_for_the_bundled_encoder_and_this_lexicon(encoder: SentenceEncoder) -> None:
    head = load_head()
    assert (head.encoder, head.lexicon) == (encoder.id, LEXICON_ID)
    assert head.fits(encoder.id)


@pytest.mark.parametrize(
    ("title", "text", "fires"),
    [
        ("关于调整接口额度的公告", CAP, {"quota"}),
        ("", "Starting Monday the API is limited to 20 requests per minute for free accounts.", {"quota"}),
        ("模型接口降价", "即日起，模型输入价格降至每百万tokens 0.6元，降幅六成。", {"pricing"}),
        ("數據出境指引", "處理者向境外提供重要數據，應當申報數據出境安全評估。", {"residency"}),
        ("", "Customer data is stored only in the EU and is not transferred to third countries.", {"residency"}),
        ("秋季休渔管理", "各地要严格执行海洋捕捞配额，超出配额的渔船停止作业。", set()),
        ("居住证办理须知", "申领居住证须提供居住地住址证明，满半年可换领。", set()),
        ("集采结果公布", "中选药品平均降价五成，患者负担减轻。", set()),
        ("住房公积金", "公积金贷款额度上限提高到一百万元，首套房利率下调。", set()),
        ("Privacy notice", "We use cookies to remember your preferences. You can delete them in the browser.", set()),
        ("Fisheries", "The catch quota for mackerel was cut by a third this season.", set()),
    ],
)
def test_what_fires_and_what_does_not(tagger: Tagger, title: str, text: str, fires: set[str]) -> None:
    judged = tagger.tag(title, text)
    assert [j.trigger for j in judged] == list(load().triggers)
    fired = {j.trigger for j in judged if j.fires}
    assert fires <= fired
    assert bool(fires) == bool(fired)


def test_direction_of_a_cut_and_of_a_price_drop(tagger: Tagger) -> None:
    assert by_trigger(tagger.tag("平台收紧接口额度", CAP))["quota"].direction == "tighten"
    dearer = tagger.tag("云厂商上调价格", "云厂商宣布自下月一日起上调GPU云服务器价格，涨幅最高三成。")
    assert by_trigger(dearer)["pricing"].direction == "tighten"
    cheaper = tagger.tag("模型接口降价", "即日起，模型接口全线降价，降幅六成，新老用户同享优惠。")
    assert by_trigger(cheaper)["pricing"].direction == "loosen"


def test_quotes_are_literal_and_of_the_size_of_a_sentence(tagger: Tagger) -> None:
    text = f"通知\n{FILLER}\n{CAP}\n{FILLER}" * 3
    found = by_trigger(tagger.tag("", text))["quota"]
    assert found.fires
    assert found.evidence
    for quote in found.evidence:
        assert text[quote.start : quote.end] == quote.quote
        assert 5 <= len(quote.quote) <= 120
    assert "额度" in found.evidence[0].quote
    assert "额度" in found.terms


def test_a_trigger_in_clause_37_of_a_long_plan_is_found_and_quoted(tagger: Tagger) -> None:
    articles = [f"第{n}条 {FILLER * 18}" for n in range(1, 55)]
    rule = "第三十七条 枢纽节点以外不再批准新建大型数据中心，各中心算力由省级平台统一调度、按指标分配。"
    articles[36] = rule
    text = "\n".join(articles)
    assert len(text) > 40_000
    found = by_trigger(tagger.tag("农业与新型基础设施发展规划", text))["quota"]
    assert found.fires
    place = text.index(rule)
    assert place <= found.evidence[0].start < place + len(rule)
    assert not by_trigger(tagger.tag("农业发展规划", text.replace(rule, articles[35])))["quota"].fires


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "a", "额", "\x00\x01\xff" * 50, "🦊" * 300, "İıſ" * 40, "𠀀𠀁算力" * 30, "|" * 5000]
)
def test_hostile_texts_score_low_and_never_crash(tagger: Tagger, text: str) -> None:
    judged = tagger.tag("", text)
    assert len(judged) == len(load().triggers)
    assert not any(j.fires for j in judged)


def test_five_megabytes_are_read_in_bounded_work(tagger: Tagger) -> None:
    text = "".join(f"{FILLER}{n}\n" for n in range(120_000))
    assert len(text.encode()) > 5_000_000
    assert len(clauses("", text)) <= MOST_CLAUSES
    assert not any(j.fires for j in tagger.tag("", text))


def test_a_change_is_judged_on_what_it_touched(tagger: Tagger) -> None:
    before = f"{FILLER}\n模型接口对免费用户不限次数。\n{FILLER}"
    after = f"{FILLER}\n{CAP}\n{FILLER}"
    changed = (ClauseChange("replace", "第二段", "模型接口对免费用户不限次数。", CAP),)
    found = by_trigger(tagger.tag_change("公告", after, changed))
    assert found["quota"].fires
    assert found["quota"].scope == "change"
    quotes = found["quota"].evidence
    assert quotes
    assert all(after[q.start : q.end] == q.quote for q in quotes)
    other = (ClauseChange("insert", "第三段", None, FILLER),)
    assert not any(j.fires for j in tagger.tag_change("公告", after, other))
    gone = (ClauseChange("delete", "第二段", CAP, None),)
    cut = by_trigger(tagger.tag_change("公告", before, gone))["quota"]
    assert cut.fires
    assert cut.evidence == ()


class Counting:
    """The encoder, with a count of the texts that it was asked for."""

    def __init__(self, inner: SentenceEncoder) -> None:
        self._inner, self.id, self.dim, self.asked = inner, inner.id, inner.dim, 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        return self._inner.encode_passages(texts)

    encode_queries = encode_passages


def test_clauses_seen_before_cost_no_model_time(encoder: SentenceEncoder) -> None:
    counting, memory = Counting(encoder), dict[str, bytes]()
    triggers = list(load().triggers.values())
    first = Tagger(load_head(), counting, triggers, memory).tag("公告", f"{CAP}\n{FILLER}")
    asked = counting.asked
    assert asked > 0
    assert Tagger(load_head(), counting, triggers, memory).tag("公告", f"{CAP}\n{FILLER}") == first
    assert counting.asked == asked


def test_a_batch_says_what_each_document_alone_says(tagger: Tagger) -> None:
    documents = [Document("公告", CAP), Document("", ""), Document("农业", FILLER)]
    together = tagger.tag_many(documents)
    alone = [tagger.tag(d.title, d.text) for d in documents]
    assert [[(j.trigger, j.fires, j.evidence) for j in row] for row in together] == [
        [(j.trigger, j.fires, j.evidence) for j in row] for row in alone
    ]
    assert tagger.tag_many([]) == []


def test_a_new_trigger_works_from_its_yaml_alone(encoder: SentenceEncoder) -> None:
    hiring = Trigger.model_validate(
        {
            "id": "talent",
            "title": "Talent",
            "title_zh": "人才",
            "description": "Fires when a text announces hiring, training or housing of engineers for AI and compute.",
            "fires_on": [
                "公司面向全球招聘两百名人工智能工程师，提供安家费。",
                "各地要加快培养智能算力专业人才，建设实训基地。",
                "The lab will hire 300 machine learning engineers next year.",
                "高校增设集成电路专业，扩大研究生招生，培养芯片工程师。",
                "引进海外算法专家的，给予落户和子女入学便利。",
                "Universities open a degree programme to train data engineers.",
            ],
            "silent_on": [
                "平台下调接口额度。",
                "云服务器价格上涨。",
                "The data centre opens in May.",
                "数据不得出境。",
                "今年粮食丰收。",
            ],
        }
    )
    triggers = [*load().triggers.values(), hiring]
    tagger = Tagger(load_head(), encoder, triggers)
    fired = by_trigger(tagger.tag("", "企业计划招聘一百名大模型算法工程师，并与高校联合培养人才。"))
    assert fired["talent"].fires
    assert fired["talent"].score > 0.5 > by_trigger(tagger.tag("", CAP))["talent"].score
    assert by_trigger(tagger.tag("平台收紧接口额度", CAP))["quota"].fires


def test_another_encoder_gets_a_head_from_the_examples(encoder: SentenceEncoder) -> None:
    class Turned(Counting):
        """Vectors mirrored: nothing of the shipped weights fits them."""

        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            return np.ascontiguousarray(super().encode_passages(texts)[:, ::-1])

    turned = Turned(encoder)
    turned.id = "another@1"
    tagger = Tagger(load_head(), turned, list(load().triggers.values()))
    assert tagger.id.startswith("another@1/")
    assert by_trigger(tagger.tag("平台收紧接口额度", CAP))["quota"].fires
    assert not any(j.fires for j in tagger.tag("", FILLER))


@pytest.mark.slow
def test_three_thousand_characters_take_half_a_second_warm(tagger: Tagger) -> None:
    tagger.tag("", CAP)
    text = "\n".join(f"第{n}条 {CAP[: 20 + n % 20]}{FILLER}{n}" for n in range(45))[:3000]
    assert len(text) == 3000
    times = []
    for n in range(3):
        fresh = text.replace("第", f"{n}第")
        start = time.perf_counter()
        tagger.tag("公告", fresh)
        times.append(time.perf_counter() - start)
    assert min(times) < 2.0  # 0.5 s on two idle cores with bfloat16; four times that where the machine is shared


@given(st.text(max_size=400))
def test_plain_text_keeps_every_place(text: str) -> None:
    low = plain(text)
    assert len(low) == len(text)
    for sentence in sentences(text):
        assert low[sentence.start : sentence.end] == sentence.plain
        assert 0 < len(sentence.plain) <= LONGEST


@given(st.text(alphabet="算力价格。\n，a. 一|第条", max_size=600))
def test_clauses_lie_in_order_and_lose_nothing_but_stops(text: str) -> None:
    pieces = clauses("", text)
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    kept = "".join(p.text for p in pieces)
    assert kept.count("算") == text.count("算")


@pytest.mark.shared
def test_dev_documents_are_tagged_with_literal_quotes(tagger: Tagger, shared: Path) -> None:
    from classify.examples import documents

    for example in documents(shared / "eval" / "tags-dev.jsonl")[:40]:
        for judgement in tagger.tag(example.title, example.text):
            for quote in judgement.evidence:
                assert example.text[quote.start : quote.end] == quote.quote
