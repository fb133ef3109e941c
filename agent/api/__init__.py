"""What `vedette run` serves over HTTP: the alert feed for machines and readers, and the pages behind links in mails.

`app.create` makes the application, `serving.Api` runs it inside the loop of `agent.running`. All reading and writing of
the archive happens in one thread with its own connection (`desk.Desk`), so that no request waits for a crawl and no
crawl for a request.
"""
