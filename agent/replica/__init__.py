"""The replica site of `vedette demo`: pages of our own, faithful in structure to the real ones, day by day.

`days/*.yml` says what is published, edited, withdrawn or blocked on which day; `places.yml` which platform each place
runs on; `templates/` holds one page shape for each platform, with the oddities recorded in real pages: gov.cn's stray
`</html>` and doubled body, TRS pop-up links, NDA's `index_pc_N`, CAC's unquoted attributes, gkmlpt's `_CONFIG`, the
carriers' and vendors' JSON. Dates, counters and tokens differ on every fetch, as on the real sites.
"""
