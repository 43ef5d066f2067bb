"""The application: what is mounted, how refusals leave, and the limits of what is taken in.

gunicorn 'api.app:create_app_from_environment()'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import access, errors, health, log, outside, pages, resources
from api.fields import StrictJSON
from api.resources.answering.bodies import Upload
from api.worker import Worker, open_board
from service.config import MEBIBYTE, Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.application import Board


def create_app(config: Config | None = None, *, board_factory: Callable[[Config], Board] = open_board) -> Flask:
    """Build the application, with the settings of the environment unless others are given.

    Nothing is connected before the first request, so it may be built before a fork or after it.
    """
    config = config or Config.from_environment()
    app = Flask(__name__)
    app.json = StrictJSON(app)
    app.request_class = Upload
    app.extensions["muniment"] = Worker(config, board_factory)
    app.config |= {
        "PROPAGATE_EXCEPTIONS": False,  # what nobody foresaw is a problem too, with a reference
        "MAX_CONTENT_LENGTH": config.max_upload + MEBIBYTE,  # the file, and the form around it
        "MAX_FORM_MEMORY_SIZE": MEBIBYTE,  # below 64 KiB every large upload fails
        "WAIT_FOR_VIEWS": 2.0,  # seconds for which an act's answer waits until the views show it
    }
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=1, x_host=0)  # type: ignore[method-assign]  # as Flask means it
    outside.install(app)
    access.install(app)
    errors.install(app)
    resources.install(app)
    pages.install(app)
    for blueprint in (log.published, health.health):
        app.register_blueprint(blueprint)
    access.public(app.view_functions["static"])  # Flask's own view, declared like ours
    access.check_declared(app)
    return app
