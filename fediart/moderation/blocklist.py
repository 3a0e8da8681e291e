"""Block lists as admins share them: Mastodon's CSV, or one domain a line.

Interop: Mastodon 4.5 exports `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate`; other tools
leave columns or the heading out, and write a BOM and CRLF.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fediart import errors
from fediart.db import tables
from fediart.moderation import domains

_HEADING = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
_SEVERITIES = {"": domains.SUSPEND, "suspend": domains.SUSPEND, "silence": domains.SILENCE, "limit": domains.SILENCE}
_REASON_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    line: int
    domain: str
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that means nothing here, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BlockList:
    rules: Sequence[Rule]
    refused: Sequence[Refused]


def read(raw: bytes, *, own_host: str) -> BlockList:
    """Read a list; lines that cannot be used are named with their reason, the rest counts.

    Raises: InputError when it is no text.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise errors.InputError("the list is not UTF-8 text", detail=str(exc)) from exc
    rows = csv.reader(io.StringIO(text, newline=""))
    columns = {"domain": 0, "severity": 1, "public_comment": 2}
    rules: dict[str, Rule] = {}
    refused: list[Refused] = []
    while True:
        try:
            cells = [cell.strip() for cell in next(rows)]
        except StopIteration:
            return BlockList(list(rules.values()), refused)
        except csv.Error as exc:
            refused.append(Refused(rows.line_num, f"cannot be read: {exc}"))
            continue
        if not any(cells):
            continue
        if not {"#domain", "domain"}.isdisjoint(cell.lower() for cell in cells):
            columns = {name.lower().removeprefix("#"): place for place, name in enumerate(cells)}
        elif not cells[0].startswith("#"):
            try:
                rule = _rule(cells, columns, line=rows.line_num, own_host=own_host)
            except errors.InputError as exc:
                refused.append(Refused(rows.line_num, exc.text))
                continue
            before = rules.setdefault(rule.domain, rule)
            if before.severity != rule.severity:
                refused.append(
                    Refused(rule.line, f"{rule.domain} is on line {before.line} already, as {before.severity}")
                )


def write(rules: Iterable[tables.DomainBlock]) -> str:
    """Write a list that Mastodon and `read` understand."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADING)
    for rule in rules:
        writer.writerow([rule.domain, rule.severity, "False", "False", rule.reason, "False"])
    return out.getvalue()


def _rule(cells: Sequence[str], columns: dict[str, int], *, line: int, own_host: str) -> Rule:
    def cell(name: str) -> str:
        place = columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    domain = domains.read_domain(cell("domain"), own_host=own_host)
    severity = _SEVERITIES.get(cell("severity").lower())
    if severity is None:
        raise errors.InputError(f"{domain}: there is no severity {cell('severity')[:40]} here (suspend, silence)")
    return Rule(line, domain, severity, cell("public_comment")[:_REASON_CHARACTERS])
