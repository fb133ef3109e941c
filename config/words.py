"""English words by their stem, and the words of a question that say nothing of its subject."""

from __future__ import annotations

_FUNCTION_WORDS = """
a about after again all also am an and any are as at be because been before being below between both but by can
cannot could did do does doing down during each few for from further get gets got had has have having he her
here hers him his how i if in into is it its itself just let like may me might more most much must my no nor not
now of off on once only or other our ours out over own per please same she should so some such than that the
their theirs them then there these they this those through to too under until up upon us very was we were what
when where which while who whom why will with within without would you your yours
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""English words without a subject. Most passages hold some of them, so that asking for them is slow and says little."""


def stem(word: str) -> str:
    """Plural and -ed, -ing off the longer words: enough that prices, priced and pricing meet price's other forms."""
    if len(word) < 5 or not word.isascii() or not word.isalpha():
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    for ending, put in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word.removesuffix(ending) + put
            break
    return word.removesuffix("e") if len(word) > 4 else word
