"""Pages in: spiders by kind, extraction, guards, source health.

May import `config` and `index`. The YAML drives everything: there is no module per site. A failing source records a
problem and never a content change.
"""
