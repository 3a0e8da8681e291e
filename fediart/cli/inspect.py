"""`fediart inspect`"""

from __future__ import annotations

from typing import Any

import click

from fediart.activitypub import html
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.webfinger.inspect import Inspector, Report

_RESERVED = {
    True: "AI training is reserved: not without the author's consent",
    False: "AI training is expressly allowed",
    None: "nothing is said about AI training",
}


@click.command("inspect")
@click.argument("what", metavar="URL|@NAME@HOST")
@click.option("--raw", is_flag=True, help="Print the document as it was served, and nothing else.")
@_show.json_option
@_run.with_network
async def COMMAND(services: Connected, what: str, raw: bool, as_json: bool) -> None:
    """Show somebody or something elsewhere as this server sees it, and what it would do with it."""
    inspector = Inspector(
        services.database,
        services.session,
        services.keyring,
        services.urls,
        plain_http=services.settings.federation.plain_http,
    )
    report = await inspector.inspect(what)
    if raw:
        _show.print_json(report.raw)
    elif as_json:
        _show.print_json(_as_json(report))
    else:
        for name, value in _lines(report):
            click.echo(f"{name + ':':<12} {' '.join(value.split())}")


def _as_json(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {
        "asked": report.asked,
        "type": report.type,
        "id": report.id,
        "signed_fetch": report.signature,
        "proof": {"state": report.proof.state, "reason": report.proof.text},
        "rights": {
            "training_reserved": report.rights.reserved,
            "meaning": _RESERVED[report.rights.reserved],
            "terms": dict(report.rights.terms),
        },
        "verdict": {
            "action": report.verdict.action,
            "reason": report.verdict.reason,
            "followed_by": list(report.verdict.followed_by),
            "follows": list(report.verdict.follows),
        },
        "remarks": report.remarks,
    }
    if report.actor is not None:
        found["actor"] = {
            **{name: getattr(report.actor, name) for name in _ACTOR_MEMBERS},
            "keys": [{"id": key.id, "kind": key.kind, "usable": key.is_usable} for key in report.keys],
        }
    if report.note is not None:
        note = report.note
        found["note"] = {
            "url": note.url,
            "attributed_to": list(note.attributed_to),
            "author": report.author.id if report.author else None,
            "visibility": report.visibility,
            "to": list(note.to),
            "cc": list(note.cc),
            "in_reply_to": note.in_reply_to,
            "published": _show.when(note.published),
            "text": html.to_text(note.content),
            "attachments": [item.url for item in note.attachments],
        }
    return found


_ACTOR_MEMBERS = (
    "username", "name", "url", "inbox", "shared_inbox", "outbox", "followers", "following", "featured", "moved_to",
)  # fmt: skip


def _lines(report: Report) -> list[tuple[str, str]]:
    """Return what people want to know, most important first; what is not there has no line."""
    lines = [("Type", report.type), ("Id", report.id)]
    if report.actor is not None:
        lines += [(name.replace("_", " ").capitalize(), getattr(report.actor, name) or "") for name in _ACTOR_MEMBERS]
        lines += [("Key", f"{key.id} ({key.kind})") for key in report.keys]
    if report.note is not None:
        note = report.note
        lines += [
            ("Page", note.url),
            ("Author", ", ".join(note.attributed_to)),
            ("Visible to", report.visibility or ""),
            ("Answers", note.in_reply_to or ""),
            ("Published", _show.when(note.published) or ""),
            ("Text", html.to_text(note.content)),
            *(("Picture", item.url) for item in note.attachments),
        ]
    lines += [
        ("Signed GET", report.signature),
        ("Proof", f"{report.proof.state}: {report.proof.text}"),
        ("Rights", _RESERVED[report.rights.reserved]),
        *(("", f"{name} = {value}") for name, value in report.rights.terms.items()),
        ("We would", f"{report.verdict.action}: {report.verdict.reason}"),
        ("Followed by", ", ".join(report.verdict.followed_by)),
        ("Follows", ", ".join(report.verdict.follows)),
        *(("Note", remark) for remark in report.remarks),
    ]
    return [(name, value) for name, value in lines if value]
