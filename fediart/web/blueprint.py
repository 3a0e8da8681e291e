"""Finds the page modules and binds their routes to a site."""

from __future__ import annotations

import importlib
import pkgutil
from functools import partial

from quart import Blueprint

from fediart import config
from fediart.activitypub.urls import Urls
from fediart.db.engine import Database
from fediart.media.store import Store
from fediart.web import errors, pages
from fediart.web.site import Route, Site


def blueprint(database: Database, settings: config.Config, urls: Urls, store: Store) -> Blueprint:
    """Return the routes of everything that people look at."""
    site = Site(database, settings, urls, store)
    blue = Blueprint("web", __name__)
    for found in pkgutil.iter_modules(pages.__path__):
        routes: tuple[Route, ...] = importlib.import_module(f"{pages.__name__}.{found.name}").ROUTES
        for number, route in enumerate(routes):
            view = partial(route.view, site)
            blue.add_url_rule(
                route.rule,
                f"{found.name}_{number}",
                view,
                methods=list(route.methods),
                provide_automatic_options="OPTIONS" not in route.methods,
            )
    blue.record_once(lambda state: state.app.extensions.update({errors.EXTENSION: site}))
    return blue
