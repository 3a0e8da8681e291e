"""The templates' environment: everything is escaped unless it is `Markup`, and a name that is not there is an error."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fediart.rights import reservation

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """Return the one environment; templates are compiled once a process."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = day
    made.filters["plural"] = plural
    made.filters["web_address"] = web_address
    made.globals["static"] = static
    return made


def day(moment: datetime) -> Markup:
    """Show a date, for people and for programs."""
    return Markup('<time datetime="{}">{} {}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.day, moment.strftime("%B %Y")
    )


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def web_address(address: str | None, otherwise: str = "") -> str:
    """Return what may stand in `href`: an http(s) address, or what stands in for it."""
    return address if address and reservation.is_iri(address) else otherwise


@cache
def static(name: str) -> str:
    """Return the address of a file of ours; it changes with the content, so that caches may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]
    return f"/static/{name}?v={digest}"
