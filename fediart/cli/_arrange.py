"""The pictures of a work that is edited: which stay, which are new, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from fediart import errors
from fediart.cli import _images
from fediart.services import Services
from fediart.studio import artworks

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options of a call ask for; numbers are those that the pictures have before the edit."""

    images: Sequence[str]
    image_alts: Sequence[str]
    added: Sequence[str]
    added_alts: Sequence[str]
    replaced: dict[int, str]
    removed: Sequence[int]
    order: Sequence[int]

    @property
    def is_empty(self) -> bool:
        return not (self.images or self.added or self.replaced or self.removed or self.order)


def options(command: Command) -> Command:
    """Add the options about pictures; `read` makes a `Wish` of them."""
    for option in reversed(
        [
            click.option("--image", "images", multiple=True, metavar="IMAGE", help="Replaces all pictures."),
            click.option("--image-alt", "image_alts", multiple=True, help="The alt text of each --image, in order."),
            click.option("--add-image", "added", multiple=True, metavar="IMAGE", help="One more picture, at the end."),
            click.option("--add-alt", "added_alts", multiple=True, help="The alt text of each --add-image, in order."),
            click.option(
                "--replace-image",
                "replaced",
                multiple=True,
                metavar="N=IMAGE",
                help="Another file for picture N; its alt text stays unless --alt changes it.",
            ),
            click.option("--remove-image", "removed", multiple=True, type=int, metavar="N", help="Take picture N out."),
            click.option("--order", metavar="N,N…", help="The new order of the pictures that stay, for example 3,1,2."),
        ]
    ):
        command = option(command)
    return command


def read(given: dict[str, Any]) -> Wish:
    """Take the options out of a command's arguments.

    Raises: UsageError when they contradict each other.
    """
    order = str(given.pop("order") or "")
    numbers = [part.strip() for part in order.split(",")] if order else []
    if not all(part.isdecimal() for part in numbers):
        raise errors.UsageError(f"--order wants the numbers of pictures, for example 3,1,2, not “{order}”")
    wish = Wish(
        images=given.pop("images"),
        image_alts=given.pop("image_alts"),
        added=given.pop("added"),
        added_alts=given.pop("added_alts"),
        replaced=dict(numbered("--replace-image", "1=boats.png", text) for text in given.pop("replaced")),
        removed=given.pop("removed"),
        order=[int(part) for part in numbers],
    )
    for what, images, alts in (("--image", wish.images, wish.image_alts), ("--add", wish.added, wish.added_alts)):
        if len(images) != len(alts):
            option = "--image-alt" if what == "--image" else "--add-alt"
            raise errors.UsageError(f"{len(images)} new pictures need as many {option} texts; {len(alts)} given")
    if wish.images and (wish.added or wish.replaced or wish.removed or wish.order):
        raise errors.UsageError("--image replaces all pictures: nothing else can be said about pictures beside it")
    return wish


def numbered(option: str, example: str, text: str) -> tuple[int, str]:
    """Read a picture's number and what belongs to it.

    Raises: UsageError.
    """
    number, separator, value = text.partition("=")
    if not separator or not number.strip().isdecimal():
        raise errors.UsageError(f"{option} wants N=TEXT, for example {option} “{example}”, not “{text}”")
    return int(number), value


async def pictures(
    services: Services, wish: Wish, before: Sequence[str], alts: dict[int, str]
) -> list[int | artworks.Image] | None:
    """Return the pictures that a work will have; `before` are the alt texts that it has, `alts` the new ones.

    The alt text of a picture that is replaced is taken out of `alts`.
    Raises: UsageError for numbers that there are not; InputError for files that are no pictures.
    """
    if wish.is_empty:
        return None
    if wish.images:
        return [await _new(services, path, alt) for path, alt in zip(wish.images, wish.image_alts, strict=True)]
    everything = range(1, len(before) + 1)
    for number in (*wish.replaced, *wish.removed, *wish.order):
        if number not in everything:
            raise errors.UsageError(f"there is no picture {number}: this work has {len(before)}")
    staying = [number for number in everything if number not in wish.removed]
    order = list(wish.order) or staying
    if sorted(order) != staying:
        raise errors.UsageError(f"--order must name each picture that stays once: {','.join(map(str, staying))}")
    if gone := set(wish.replaced) & set(wish.removed):
        raise errors.UsageError(f"picture {min(gone)} cannot be replaced and removed at once")
    found: list[int | artworks.Image] = []
    for number in order:
        if number in wish.replaced:
            alt = alts.pop(number, before[number - 1])
            found.append(await _new(services, wish.replaced[number], alt))
        else:
            found.append(number)
    return [*found, *[await _new(services, *pair) for pair in zip(wish.added, wish.added_alts, strict=True)]]


async def _new(services: Services, path: str, alt: str) -> artworks.Image:
    files = await _images.prepare_file(services, path)
    return artworks.Image(files=files, description=alt, name=path.rsplit("/", 1)[-1])
