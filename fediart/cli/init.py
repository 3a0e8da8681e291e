"""`fediart init`"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from fediart import clock, config, errors, log
from fediart.activitypub.urls import Urls
from fediart.cli import _run
from fediart.db import queries, schema
from fediart.db.engine import Database
from fediart.rights.reservation import Policy
from fediart.studio import artists


@click.command("init")
@click.option("--domain", required=True, metavar="D", help="The public name, for example art.example. It is for life.")
@click.option("--artist", required=True, metavar="NAME", help="The first artist's user name: @NAME@D.")
@click.option("--email", required=True, metavar="E", help="Where the artist and admin can be reached.")
@click.option("--name", "display_name", metavar="TEXT", help="The artist's name as shown.")
@click.option("--data", metavar="DIR", default="data", show_default=True, help="Where database and pictures live.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (default 8080).")
@click.option("--loopback", is_flag=True, help="For trying out on this machine: plain http, private addresses allowed.")
@click.pass_context
def COMMAND(
    context: click.Context,
    domain: str,
    artist: str,
    email: str,
    display_name: str | None,
    data: str,
    port: int | None,
    loopback: bool,
) -> None:
    """Set up a server: configuration, database, keys and the first artist."""
    path = Path(context.find_root().obj or os.environ.get("FEDIART_CONFIG") or "fediart.toml").absolute()
    if path.exists():
        raise errors.ConflictError(f"{path} exists already; nothing was changed. Remove it, or name another --config")
    values: dict[str, object] = {
        "instance.domain": domain.lower(),
        "instance.name": domain.lower(),
        "instance.contact_email": email,
        "data.directory": data,
    }
    if port is not None:
        values["server.port"] = port
    if loopback:
        values["federation.plain_http"] = True
        values["federation.allow_private_addresses"] = True
    data_path = Path(data) if Path(data).is_absolute() else path.parent / data
    if (data_path / "fediart.sqlite3").exists():
        raise errors.ConflictError(
            f"{data_path} holds a database already; nothing was changed. Write a {path.name} for it, "
            "or name another --data"
        )
    had_data = data_path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise errors.FediArtError(f"cannot make {exc.filename}: {exc.strerror}") from exc
    config.write_initial(path, values)
    try:
        settings = config.load(path, os.environ)
        log.configure(config.Logging(level="error"))
        _run.run(_set_up(settings, artist=artist, email=email, display_name=display_name))
    except BaseException:
        path.unlink(missing_ok=True)
        for left in data_path.glob("fediart.sqlite3*"):
            left.unlink(missing_ok=True)
        if not had_data:
            with suppress(OSError):
                data_path.rmdir()
        raise
    at = Urls(settings.base_url)
    click.echo(f"wrote {path} (only you can read it) and the database in {settings.data_directory}")
    click.echo(
        f"@{artist}@{at.host} reserves all rights and says “no AI training” on every work, unless told otherwise"
    )
    click.echo("\nnext:")
    option = "" if path == Path("fediart.toml").absolute() else f" --config {path}"
    click.echo(f"  fediart{option} serve")
    click.echo(f'  fediart{option} publish picture.jpg --as {artist} --title "…" --alt "…"')
    if not loopback:
        click.echo(f"  put {at.base} in front of it: see deploy/ for Caddy, nginx and systemd")


async def _set_up(settings: config.Config, *, artist: str, email: str, display_name: str | None) -> None:
    at = Urls(settings.base_url)
    now = clock.now()
    async with Database(settings.database_url, settings.database) as database:
        await schema.migrate(database)
        instance_keys, artist_keys = artists.new_keys(), artists.new_keys()
        async with database.write() as tx:
            if (there := await queries.instance.find(tx)) is not None:
                raise errors.ConflictError(
                    f"the database holds the server {there.base_url} already; nothing was changed"
                )
            await artists.create_instance(
                tx, at, name=settings.instance.name or settings.instance.domain, key_pair=instance_keys, now=now
            )
            await artists.create(
                tx,
                at,
                username=artist,
                email=email,
                policy=Policy(settings.rights.policy),
                license_=settings.rights.license,
                language=settings.instance.language,
                key_pair=artist_keys,
                now=now,
                profile=artists.Profile(name=display_name or artist),
            )
