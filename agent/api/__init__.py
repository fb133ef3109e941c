"""What `vedette run` serves over HTTP: the alert feed, the analyst's desk for programs, pages behind links in mails.

`app.create` makes the application, `serving.Api` runs it inside the loop of `agent.running`. Everything below `/v1` is
described in `openapi` and told in docs/api.md; who may ask is decided in `access`, what every request goes through in
`bounds`, how faults are told in `problems`. The archive is read and written in two threads with a connection each
(`desk.Desk`), so that no request waits for a crawl, no crawl for a request, and no reader of the feed for a search.
"""
