"""Regular expressions of declarations: none that a title can make run for ever is accepted, all others are quick."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.declarations import load
from config.patterns import LONGEST, fault_of

ENDLESS = (
    "(a+)+$", "(a*)*$", "(a|a)*$", "(a|ab)*c", "(.*a){20}", "((a+)b?)+$", "(a+){2,}$", "(?:a?)*$", "(\\w+\\s?)+$",
    "(x+x+)+y", "(a{1,9})+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "a*a*a*b", ".*.*.*x", "(?=(a+)+$)", "(a)\\1*(b+)+",
    "(?:(?:a|b)c?)*d",
    "(.)\\1+$", "(?(1)a|b)", "a" * 600, "[", "(", "a{99999999999}",
)  # fmt: skip
FINE = ("算力|词元|大模型|人工智能", "^关于.*的通知$", "国务院(?:办公厅)?", r"/20\d{2}-?\d{2}/", "a+b+",
        "(?i)token|quota",
        "(?:ab)+",
        r"t\d{8}_\d+\.html$", "[^/]+$", "(a|b){2,4}", "(?:算力|词元)券")  # fmt: skip


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_pattern_that_may_run_for_ever_is_refused(pattern: str) -> None:
    assert fault_of(pattern)


@pytest.mark.parametrize("pattern", FINE)
def test_usual_patterns_are_accepted(pattern: str) -> None:
    assert fault_of(pattern) is None


def test_shipped_patterns_are_accepted() -> None:
    given_ = [one.list.include for one in load().sources.values() if one.list.include]
    assert given_ and not [pattern for pattern in given_ if fault_of(pattern)]


ATOMS = st.sampled_from(["a", ".", "[ab]", r"\w", "b", "ab", "(?:ab)", "(?:a|b)", "(a)", "a?", "(?:a?b)", r"\b", "^"])
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2,}", "{1,9}", "*?", "{3}", "{0,200}"])
PATTERNS = st.recursive(
    st.tuples(ATOMS, COUNTS).map("".join),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map("".join)
        | st.tuples(inner, COUNTS).map(lambda pair: f"(?:{pair[0]}){pair[1]}")
        | st.tuples(inner, inner).map("|".join)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(PATTERNS, st.sampled_from(["a", "ab", "aab", "b"]), st.sampled_from(["", "!", "c"]))
def test_what_is_accepted_is_quick_on_any_title(pattern: str, unit: str, tail: str) -> None:
    pattern += "$z"  # never found: the engine has to try everything
    if fault_of(pattern):
        return
    title = (unit * LONGEST)[: LONGEST - 1] + tail
    begin = time.process_time()
    re.search(pattern, title)
    assert time.process_time() - begin < 3, pattern
