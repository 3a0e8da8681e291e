"""Settings: their meaning (`settings`), and the way from a file and the environment to a checked `Config` (`load`).

Nothing here opens a database or a socket, and nothing else in the program reads environment variables or TOML.
"""

from __future__ import annotations

from fediart.config.initial import read_example, write_initial
from fediart.config.reading import find, load
from fediart.config.settings import (
    Config,
    Data,
    Database,
    Federation,
    Inbox,
    Instance,
    Logging,
    Media,
    Rights,
    Server,
)

__all__ = [
    "Config",
    "Data",
    "Database",
    "Federation",
    "Inbox",
    "Instance",
    "Logging",
    "Media",
    "Rights",
    "Server",
    "find",
    "load",
    "read_example",
    "write_initial",
]
