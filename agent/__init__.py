"""The running agent: command line, pipeline of stages, schedule, HTTP API, web pages, demo replica.

May import everything. Commands import what they need when they run, so that `vedette --help` answers at once.

Where to look: `commands/` has one module a command; `pipeline` runs the stages (`collect`, `classifying`, `alerting`,
`reminding`, and what `digests` does); `running` and `schedule` are `vedette run`; `api/` and `web/` are what it serves,
both reading through `dossier`, `changes`, `boarding` and `booking`; `mcp/` serves assistants; `exporting*` and `proof/`
are what leaves the archive, `keeping` and `verifying` what keeps it whole; `replica/` is the demo's site.

Decisions (November 2026): one asyncio loop for crawls, schedule and API, and one thread beside it for the stages that
take the model, so that no request waits for a model; the archive is the only thing that stages share.
"""
