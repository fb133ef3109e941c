"""The analyst's desk: the web pages of `vedette run`, in Chinese and English.

`routes.router` has all of them. A page is one module that makes plain values from the archive and one template that
prints them; htmx makes filters and feedback quicker, and nothing needs it. No script and no style stands in a page, so
that the Content-Security-Policy (`page.POLICY`) can forbid them.
"""
