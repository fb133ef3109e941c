"""The words that show a trigger: literal quotes of the size of a sentence, with offsets into the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from classify.features import Clause, terms
from classify.lexicon import ACTIONS, OBJECTS, concepts
from classify.sentences import Sentence, sentences
from index.records import Quote

if TYPE_CHECKING:
    from classify.triggers import Judgement

SHORTEST, LONGEST, MOST = 5, 120, 3
"""Characters of a quote, and quotes of a judgement."""
_PAUSE = re.compile(r"[，,、：:；;)）]|\s-\s|\.\s")


def of(text: str, loudest: Sequence[tuple[Clause, float]]) -> tuple[tuple[Quote, ...], tuple[str, ...]]:
    """Quotes from the loudest clauses (with their logits, loudest first), and the field's words in them.

    The first clause of the text always gives one; further ones only where they speak for themselves (logit above 0).
    """
    bodies = [(clause, logit) for clause, logit in loudest if clause.start >= 0]
    chosen = [clause for n, (clause, logit) in enumerate(bodies) if n == 0 or logit > 0][:MOST]
    quotes = tuple(_quote(text, clause) for clause in chosen)
    words = [w for q in quotes for w in terms(q.quote, concepts_told(q.quote))]
    return quotes, tuple(dict.fromkeys(words))[:8]


def concepts_told(quote: str) -> list[str]:
    """The concepts of a quote that explain a tag: what is governed and what is done to it."""
    held = {name for s in sentences(quote) for name in concepts(s.plain)}
    return sorted(name for name in held if name in OBJECTS or name in ACTIONS)


def replaced(judgement: Judgement, text: str) -> Judgement:
    """The judgement with its quotes placed in another text; those that are not literally there fall away."""
    places = ((q.quote, text.find(q.quote)) for q in judgement.evidence)
    moved = tuple(Quote(quote, at, at + len(quote)) for quote, at in places if at >= 0)
    return replace(judgement, evidence=moved, scope="change")


def _quote(text: str, clause: Clause) -> Quote:
    inner = list(sentences(text[clause.start : clause.end]))
    best = max(inner, key=_told) if inner else Sentence(0, clause.end - clause.start, clause.text)
    start, end = _fitted(text, clause.start + best.start, clause.start + best.end, clause)
    return Quote(text[start:end], start, end)


def _told(sentence: Sentence) -> float:
    """Pairs of object and action in a sentence, and a little for its length."""
    held = concepts(sentence.plain)
    return len(held.intersection(OBJECTS)) * len(held.intersection(ACTIONS)) + min(len(sentence.plain), 60) / 100


def _fitted(text: str, start: int, end: int, clause: Clause) -> tuple[int, int]:
    """Cut a long stretch at a pause, widen a short one inside its clause."""
    if end - start > LONGEST:
        pauses = [m.start() for m in _PAUSE.finditer(text, start + LONGEST // 2, start + LONGEST)]
        return start, pauses[-1] if pauses else start + LONGEST
    if end - start < SHORTEST:
        return clause.start, min(clause.end, clause.start + LONGEST)
    return start, end
