"""Telling people and machines: alerts, digests, templates, channels, the delivery ledger.

May import `config` and `index`. An alert is built once, stored in the same transaction as its place in the feed, and
never rewritten: a correction is a new event.
"""
