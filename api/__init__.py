"""Where people meet Muniment: pages, and task-based resources under /api/v1.

`app` puts it together; `access` says who is calling and whether they may; `errors` is the one table of refusals and statuses;
`fields` reads strictly; `resources/` are the nouns of the API, `pages/` what a browser shows, `log` the published log.
"""
