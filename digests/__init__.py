"""Telling people and machines: alerts, digests, templates, channels, the delivery ledger.

May import `config` and `index`. `compose.event` makes an alert from a plain `Finding`; it is stored in the same
transaction as its place in the feed and never rewritten: a correction is a new event. `outbox` copies the feed to a
file, `daily.make` makes the issues that are due, `delivery.deliver` works the ledger through `channels`.

Decisions (November 2026): CloudEvents with the words of CAP 1.2, since both are standards that scenario engines know;
one mail for each receiver, so that each has an own outcome and Message-ID; retries are rows of the ledger and never
loops in a process; headlines are made from facts, since a translation may be wrong and cannot be checked.
"""
