"""How gunicorn serves Muniment: one process that writes, with threads that share its transactions.

The application opens the board and its connections at the first request of the worker, never before the fork, and closes them here.
"""

from __future__ import annotations

from typing import Any

wsgi_app = "api.app:create_app()"
worker_class = "gthread"
workers = 1  # group commit works within a process: threads share a transaction, processes take turns
threads = 16
preload_app = False  # built before a fork, the ledger's connections would belong to the parent
timeout = 60
graceful_timeout = 20  # longer than the longest wait for an append: what was begun is answered
keepalive = 5
accesslog = None  # the application logs requests itself, without what they carried
control_socket_disable = True  # nobody controls it but who started it


def worker_exit(_server: Any, worker: Any) -> None:
    """Give the worker's connections back."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.extensions["muniment"].close()
