"""Sentences of our own with labels, and nothing of anybody else.

`sentences.jsonl` to learn from, `heldout.jsonl` to be measured on (never learnt from). One object a line:
`{"text", "labels": {trigger: direction}}`; a trigger that is not named does not apply.
"""
