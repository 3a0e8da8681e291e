"""SQL by subject. Each function takes a transaction and never commits; callers say `queries.actors.find(tx, uri)`."""

from fediart.db.queries import (
    activities,
    actors,
    deliveries,
    farewell,
    follows,
    instance,
    keys,
    notes,
    notifications,
    reactions,
    received,
    remote,
    reports,
    tombstones,
    works,
)

__all__ = [
    "activities",
    "actors",
    "deliveries",
    "farewell",
    "follows",
    "instance",
    "keys",
    "notes",
    "notifications",
    "reactions",
    "received",
    "remote",
    "reports",
    "tombstones",
    "works",
]
