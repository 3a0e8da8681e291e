"""`fediart artist`: the accounts of this server."""

from __future__ import annotations

from dataclasses import replace

import click

from fediart import clock, errors
from fediart.cli import _images, _rights, _run, _show
from fediart.db import queries
from fediart.rights.reservation import Policy
from fediart.services import Connected, Services
from fediart.studio import accounts, artists, featured_tags


@click.group("artist")
def COMMAND() -> None:
    """Create, change, list and show artists."""


def _profile_options(command: _show.Command) -> _show.Command:
    for option in reversed(
        [
            click.option("--name", help="The name as shown."),
            click.option("--bio", help="A few words about the artist; blank lines make paragraphs."),
            click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A line of the profile."),
            click.option("--credit", help="The name to credit on new works (at first the name as shown)."),
            click.option("--icon", metavar="IMAGE", help="The avatar."),
            click.option("--header", metavar="IMAGE", help="The wide picture above the profile."),
            click.option("--discoverable/--not-discoverable", default=None, help="May be suggested to others."),
            click.option("--indexable/--not-indexable", default=None, help="Posts may be found by full text."),
            click.option("--locked/--open", default=None, help="Approve each follower, or let everybody follow."),
        ]
    ):
        command = option(command)
    return command


@COMMAND.command("create")
@click.argument("username", metavar="NAME")
@click.option("--email", required=True)
@_profile_options
@_rights.rights_option
@click.option("--license", "license_", default="", metavar="URL", help="The default licence of the works.")
@click.option("--language", help="The language the artist writes in.")
@_run.with_services
async def create(
    services: Services,
    username: str,
    email: str,
    rights: str | None,
    license_: str,
    language: str | None,
    **words: object,
) -> None:
    """Open an account."""
    profile = await _profile(services, words)
    settings = services.settings
    key_pair = artists.new_keys()
    async with services.database.write() as tx:
        actor = await artists.create(
            tx,
            services.urls,
            username=username,
            email=email,
            policy=_rights.policy(rights) or Policy(settings.rights.policy),
            license_=license_ or settings.rights.license,
            language=language or settings.instance.language,
            key_pair=key_pair,
            now=clock.now(),
            profile=profile if profile.name else replace(profile, name=username),
        )
    click.echo(f"created {actor.handle}\n{actor.url}")


@COMMAND.command("edit")
@click.argument("username", metavar="NAME")
@_profile_options
@click.option(
    "--also-known-as",
    "aliases",
    multiple=True,
    metavar="@NAME@HOST",
    help="An account elsewhere that is the artist's too, and may move here. All of them; “none” removes them.",
)
@click.option(
    "--featured-tag", "featured", multiple=True, metavar="TAG", help="Show a hashtag on the profile; ten at most."
)
@click.option("--no-featured-tag", "unfeatured", multiple=True, metavar="TAG", help="Show a hashtag there no more.")
@click.option("--no-fields", is_flag=True, help="Remove all lines of the profile.")
@_rights.rights_option
@click.option("--license", "license_", metavar="URL", help="The default licence; empty: all rights reserved.")
@click.option("--language", help="The language the artist writes in.")
@_run.with_network
async def edit(
    services: Connected,
    username: str,
    aliases: tuple[str, ...],
    featured: tuple[str, ...],
    unfeatured: tuple[str, ...],
    no_fields: bool,
    rights: str | None,
    license_: str | None,
    language: str | None,
    **words: object,
) -> None:
    """Change a profile; the followers' servers are told.

    Rights, licence and language are defaults: they hold for the profile and for new works. What is published keeps the
    terms under which it was published; `fediart edit` changes those of one work.
    """
    if no_fields and words["fields"]:
        raise errors.UsageError("--field and --no-fields contradict each other")
    profile = replace(
        await _profile(services, words), policy=_rights.policy(rights), license=license_, language=language
    )
    if no_fields:
        profile = replace(profile, fields=[])
    if aliases:
        named = [] if aliases == ("none",) else aliases
        profile = replace(profile, also_known_as=[(await services.lookup.find_actor(who)).uri for who in named])
    async with services.database.write() as tx:
        actor = await artists.edit(tx, services.speaker, username, profile, now=clock.now())
        await featured_tags.change(tx, services.speaker, username, add=featured, remove=unfeatured, now=clock.now())
    click.echo(f"{actor.handle} is up to date\n{actor.url}")


@COMMAND.command("delete")
@click.argument("username", metavar="NAME")
@click.option("--yes", is_flag=True, help="Really: this cannot be undone.")
@_run.with_services
async def delete(services: Services, username: str, yes: bool) -> None:
    """Delete an account with everything it published, here and at every server that got any of it."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, username)
        works = await queries.works.count(tx, actor.id)
    if not yes:
        raise errors.UsageError(
            f"this deletes {actor.handle} with {works} works for good, and nobody can ever have the name again: "
            "say it with --yes"
        )
    async with services.database.write() as tx:
        actor = await accounts.delete(tx, services.speaker, username, now=clock.now())
    click.echo(f"deleted {actor.handle}; every server that got anything of it is being told (`fediart queue`)")


@COMMAND.command("list")
@_show.json_option
@_run.with_services
async def list_(services: Services, as_json: bool) -> None:
    """List the artists of this server."""
    async with services.database.read() as tx:
        rows = [
            (
                actor,
                artist,
                await queries.works.count(tx, actor.id),
                await queries.follows.count_followers(tx, actor.id),
            )
            for actor, artist in await queries.actors.list_artists(tx)
        ]
    if as_json:
        _show.print_json(
            [
                {**_show.actor_json(actor), "email": artist.email, "works": works, "followers": followers}
                for actor, artist, works, followers in rows
            ]
        )
        return
    _show.print_table(
        ["Artist", "Name", "Works", "Followers", "Rights"],
        [
            [actor.handle, actor.name, str(works), str(followers), artist.policy]
            for actor, artist, works, followers in rows
        ],
        empty="no artists yet: `fediart artist create NAME --email E`",
    )


@COMMAND.command("show")
@click.argument("username", metavar="NAME")
@_show.json_option
@_run.with_services
async def show(services: Services, username: str, as_json: bool) -> None:
    """Show an artist: addresses, defaults, counts, and whether the keys can be used."""
    async with services.database.read() as tx:
        actor, artist = await queries.actors.require_artist(tx, username)
        facts: dict[str, object] = {
            **_show.actor_json(actor),
            "email": artist.email,
            "bio": artist.summary_text,
            "rights": artist.policy,
            "license": artist.license or None,
            "credit": artist.credit,
            "language": artist.language,
            "also_known_as": list(actor.also_known_as),
            "moved_to": actor.moved_to,
            "featured_tags": [tag.label for tag in await queries.featured.tags(tx, actor.id)],
            "works": await queries.works.count(tx, actor.id),
            "followers": await queries.follows.count_followers(tx, actor.id),
            "following": await queries.follows.count_following(tx, actor.id),
            "created_at": _show.when(actor.published),
        }
        await services.keyring.signer(tx, actor.id)
        await services.keyring.proof_key(tx, actor.id)
    facts["keys"] = "usable"
    if as_json:
        _show.print_json(facts)
        return
    for name, value in facts.items():
        if value not in (None, "", []):
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name.replace('_', ' '):13} {shown}")


async def _profile(services: Services, words: dict[str, object]) -> artists.Profile:
    fields = words["fields"]
    assert isinstance(fields, tuple)
    return artists.Profile(
        name=_text(words["name"]),
        summary=_text(words["bio"]),
        fields=[_field(text) for text in fields] or None,
        icon=await _picture(services, _text(words["icon"])),
        image=await _picture(services, _text(words["header"])),
        credit=_text(words["credit"]),
        discoverable=_flag(words["discoverable"]),
        indexable=_flag(words["indexable"]),
        manually_approves_followers=_flag(words["locked"]),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _field(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise errors.UsageError(
            f"--field wants NAME=VALUE, for example --field “Site=https://mira.example”, not “{text}”"
        )
    return name.strip(), value.strip()


async def _picture(services: Services, path: str | None) -> artists.Picture | None:
    if not path:
        return None
    prepared = await _images.prepare_file(services, path)
    return artists.Picture(prepared.federated.file.key, prepared.federated.media_type)
