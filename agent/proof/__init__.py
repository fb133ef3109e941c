"""Proof that a third party can check without Vedette: bytes, records, their places in the log, a page to read.

`bundle` gathers it into one zip file; `check.py.txt` goes in as check.py and needs nothing but Python; `page.html.j2`
is what a person reads. May import `index` and the readers of `agent`.

Decisions (November 2026): the record of each row is given as the very text that was hashed, so that the checker need
not know how records are spelled; WARC for the bytes, because archives, courts and tools of the trade read it.
"""
