"""Ways to reach a receiver, one module each: `attempt` tries due deliveries and yields what became of each.

A channel knows nothing of the ledger's schedule; `digests.delivery` settles every outcome as it comes.
"""
