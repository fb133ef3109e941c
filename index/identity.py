"""What is the same: canonical addresses, 文号, works across sites, and ids that are hashes of meaning.

Everything here is pure, so that every stage may run twice and name the same thing the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from posixpath import normpath
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from index.numerals import chinese_number, fold, squeeze
from index.records import ChangeKind, Reading

_ID_HEX = 16  # 64 bits: one chance in 10^7 of any clash among two million documents

_TRACKING = re.compile(
    r"utm_\w+|spm|scm|gclid|fbclid|msclkid|yclid|_ga|jsessionid|phpsessid|sharefrom|isappinstalled", re.I
)
_BUSTER_ANY = re.compile(r"t|v|_", re.I)  # dropped with any number
_BUSTER_LONG = re.compile(r"r|ts|cb|rnd|rand|random|time|timestamp|nocache|_t|_dc", re.I)  # only with a long one
_SESSION = re.compile(r";jsessionid=[^/?]*", re.I)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=4096)  # each address of a visit is asked for some eight times
def canonical_url(url: str) -> str:
    """One form for the many ways to write an address; for comparing and hashing, never for fetching.

    http and https are one, the host is lower case without default port, dot segments and session ids are resolved,
    tracking and cache-busting parameters (`utm_*`, `t=`, `v=`, `_=` with digits) are dropped and the rest sorted. The
    fragment is dropped unless it is a route of a one-page site (`#/notice/12`), which names another document.
    """
    try:
        parts = urlsplit(quote(url.strip(), safe=_ASCII, errors="replace"))
        number = parts.port
    except ValueError:  # a link such as http://[x or http://host:port that no client could fetch
        return url.strip()
    if parts.scheme not in {"", *_PORTS} or not parts.hostname:
        return url.strip()  # mailto:, a bare path: nothing that is fetched
    host = parts.hostname.rstrip(".")
    port = "" if number in {None, _PORTS.get(parts.scheme)} else f":{number}"
    # latin-1 keeps every byte apart, whether it was meant as UTF-8 or GBK
    pairs = parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1")
    query = urlencode(sorted(pair for pair in pairs if not _noise(*pair)), encoding="latin-1")
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!/")) else ""
    return f"https://{host}{port}{_path(parts.path)}{f'?{query}' if query else ''}{route}"


def _path(path: str) -> str:
    plain = quote(unquote_to_bytes(_SESSION.sub("", path)), safe="/:@!$&'()*+,;=~")
    resolved = normpath(f"/{plain.lstrip('/')}")
    return resolved if resolved == "/" or not plain.endswith("/") else f"{resolved}/"


def _noise(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name):
        return True
    if _BUSTER_ANY.fullmatch(name):
        return re.fullmatch(r"[\d.]+", value) is not None
    return _BUSTER_LONG.fullmatch(name) is not None and re.fullmatch(r"\d{6,}|0?\.\d+", value) is not None


def document_id(url: str) -> str:
    """16 hex characters that name the document at an address."""
    return _hash(canonical_url(url))


_OPEN, _CLOSE = r"[〔\[(【《〈〖{]", r"[〕\])】》〉〗}]"
_LONGEST = 500  # characters that are looked at: the search takes time by the square of them
_NUMERAL = r"[0-9一二三四五六七八九十百千零〇]{1,20}"
_YEARED = re.compile(rf"(?P<prefix>[\u4e00-\u9fff]*){_OPEN}(?P<year>[12]\d{{3}})年?{_CLOSE}第?(?P<number>{_NUMERAL})号")
_ORDER = re.compile(
    rf"(?P<prefix>[\u4e00-\u9fff、]*?)(?P<before>令|公告|通告|公报)?{_OPEN}?(?:(?P<year>[12]\d{{3}})年?{_CLOSE}?)?"
    rf"第?(?P<number>{_NUMERAL})号(?P<after>令|公告|通告|公报)?"
)
# What stands before a 文号 in running text and is no part of it.
_LEAD = re.compile(
    r".*(?:文号|字号|编号|通知|意见|办法|规定|方案|按照|依照|参照|遵照|执行|根据|依据|以及|印发|转发|关于|原文|来源|日期)"
)


def doc_number(text: str) -> str | None:
    """Normalise the 文号 in a metadata value or heading; None where there is none.

    `国办发〔2026〕12号` whatever the brackets, digits and spaces were; orders and announcements as `某某令第5号`,
    `2026年第45号令`, `第82号`. Leading zeros and 第 after the bracket are dropped, Chinese numerals become digits,
    中华人民共和国 before the issuer is dropped. Give it the value or the head of a document: a number deep in the text
    usually names another document.
    """
    flat = squeeze(text[:_LONGEST]).replace("﹝", "〔").replace("﹞", "〕")
    if found := _YEARED.search(flat):
        prefix = _LEAD.sub("", found["prefix"])
        return f"{prefix}〔{found['year']}〕{_digits(found['number'])}号"
    found = _ORDER.search(flat)
    if found is None or not (found["before"] or found["after"] or found["year"] or "第" in found[0]):
        return None
    return _order(found)


def _order(found: re.Match[str]) -> str:
    prefix = _LEAD.sub("", found["prefix"]).removeprefix("中华人民共和国")
    year = f"{found['year']}年" if found["year"] else ""
    return f"{prefix}{found['before'] or ''}{year}第{_digits(found['number'])}号{found['after'] or ''}"


def _digits(numeral: str) -> int:
    spelled = None if numeral.isdigit() else chinese_number(numeral)
    return int(numeral) if numeral.isdigit() else spelled or 0


# One agency under its spellings; the first of joint issuers is the one that numbers the document.
_SPELLINGS = (
    ("中华人民共和国", ""),
    ("发展和改革委员会", "发展改革委"),
    ("国家互联网信息办公室", "国家网信办"),
    ("市场监督管理总局", "市场监管总局"),
    ("工信部", "工业和信息化部"),
    ("委员会", "委"),
)
_AGENCY = re.compile(
    r"国务院办公厅|国务院|国家[\u4e00-\u9fff]{2,7}?(?:总局|局|委|办)|(?:市场监管|税务|广电|体育)总局|海关总署"
    r"|[\u4e00-\u9fff]{2,7}?部|中国人民银行|[\u4e00-\u9fff]{2,6}(?:人民政府)"
)


def work_id(issuer: str | None, number: str | None, index_number: str | None, url: str) -> str:
    """Name the work a document is a copy of, the same on every site that reprints it.

    A 文号 with its own prefix (国办发〔2026〕12号, 国务院令第796号) names the work alone, whoever reprints it; a bare
    one (第5号, 2026年第45号令) and an 索引号 need the issuer, the first where several are joined. Without these a
    document is a work of its own: `cn/<host>/<hash of the address>`. `number` need not be normalised.
    """
    known = doc_number(number or "")
    own, bare = _split(known) if known else ("", "")
    lead = own or _lead(issuer or "")
    if known and lead:
        return f"cn/{lead}/{known if own and bare.startswith('〔') else bare}"
    if lead and index_number:
        return f"cn/{lead}/{re.sub(r'[/|#?]+', '-', squeeze(index_number))}"
    host = re.match(r"\w+://([^/]+)", canonical_url(url))
    return f"cn/{host[1] if host else 'unknown'}/{document_id(url)}"


def _split(number: str) -> tuple[str, str]:
    """Issuer or 发文机关代字 of a normalised 文号, and the rest with the kind word first: (国务院, 令第796号)."""
    code, bracket, rest = number.partition("〔")
    order = _ORDER.fullmatch(number)
    if order is None or (bracket and not _KIND.search(code)):
        return code, f"〔{rest}"
    kind = order["before"] or order["after"] or ""
    year = f"{order['year']}年" if order["year"] else ""
    return _lead(order["prefix"]), f"{kind}{year}第{order['number']}号"


_KIND = re.compile(r"(?:令|公告|通告|公报)$")


def _lead(issuer: str) -> str:
    name = squeeze(re.split(r"[\s、,，;；]+", issuer.strip(), maxsplit=1)[0])
    for long, short in _SPELLINGS:
        name = name.replace(long, short)
    agency = _AGENCY.match(name)
    return re.sub(r"[/|#?]+", "-", agency[0] if agency else name)


def version_id(document: str, number: int, digest: str) -> str:
    """16 hex characters for the `number`-th state of a document, whose `content_digest` is `digest`."""
    return _hash("version", document, str(number), digest)


def change_id(document: str, kind: ChangeKind, before: str | None, after: str | None) -> str:
    """16 hex characters for one event between two version ids."""
    return _hash("change", document, kind, before or "", after or "")


def alert_key(work: str, to_sha: str, trigger: str, trigger_version: str) -> str:
    """Sha256 hex of work, to-version, trigger and trigger version: one alert however often a stage runs."""
    return sha256("|".join((work, to_sha, trigger, trigger_version)).encode()).hexdigest()


def content_digest(reading: Reading) -> str:
    """Sha256 hex over what a reader would call the content: title, text and attachments.

    White space, zero-width characters, full-width forms, the spelling of numerals (see `index.numerals.fold`), the
    order of attachments and cache busters in their addresses make no difference, nor do dates: text decides, never
    time stamps. Fill in `Attachment.sha256` on both sides or on neither.
    """
    return digests(reading)[0]


def digests(reading: Reading) -> tuple[str, str]:
    """The `content_digest` of a reading and the sha256 hex of its folded text alone; folding is the costly part."""
    files = sorted(f"{canonical_url(a.url)} {a.sha256 or ''}" for a in reading.attachments)
    text = folded(reading.text)
    return _sha256("\x1e".join((fold(reading.title), text, *files))), _sha256(text)


@lru_cache(maxsize=2)
def folded(text: str) -> str:
    """As `fold`, of a text that is folded several times on its way into the archive."""
    return fold(text)


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _hash(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:_ID_HEX]
