"""Reading a robots.txt: its groups, which of them speaks to a crawler, and which of its rules to a path.

Spec: RFC 9309, section 2. What the extensions in a group mean is not known here, but for the path before a
Content-Usage preference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

LARGEST_CHARACTERS: Final = 512_000  # Spec: RFC 9309, section 2.5: at least 500 KiB are read
_LONGEST_PATTERN: Final = 2048
_MOST_STARS: Final = 16


@dataclass(slots=True)
class Group:
    """The rules for some crawlers, as (lower-case name, value) in the order of the file."""

    rules: list[tuple[str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.rules if key == name]

    def is_allowed(self, path: str) -> bool:
        longest, verdict = -1, True
        for name, pattern in self.rules:
            if name not in ("allow", "disallow") or not pattern or not is_match(pattern, path):
                continue
            is_allow = name == "allow"
            if len(pattern) > longest or (len(pattern) == longest and is_allow):
                longest, verdict = len(pattern), is_allow
        return verdict

    def usages_for(self, path: str) -> list[str]:
        """Return the Content-Usage preferences of the longest path that matches.

        Spec: draft-ietf-aipref-attach: a path that may not be crawled has no preference.
        """
        if not self.is_allowed(path):
            return []
        by_path: dict[str, list[str]] = {}
        for value in self.values("content-usage"):
            prefix, preference = "/", value
            if value.startswith("/"):
                prefix, _, preference = value.partition(" ")
            if is_match(prefix, path):
                by_path.setdefault(prefix, []).append(preference.strip())
        return by_path[max(by_path, key=len)] if by_path else []


@dataclass(slots=True)
class Robots:
    """A whole file. `licenses` and `sitemaps` stand outside the groups."""

    groups: list[tuple[list[str], Group]] = field(default_factory=list)
    licenses: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)

    def group_for(self, agent: str) -> Group:
        """Return the rules for a product token or a whole User-Agent: of the groups that name it, else of `*`."""
        every = {token.lower() for tokens, _ in self.groups for token in tokens}
        named = {token for token in every - {"*"} if _is_named(token, agent)}
        wanted = {max(named, key=len)} if named else {"*"}
        joined = Group()
        for tokens, group in self.groups:
            if wanted & {token.lower() for token in tokens}:
                joined.rules += group.rules
        return joined


def parse(text: str) -> Robots:
    """Read a robots.txt; what is not understood is skipped."""
    robots = Robots()
    tokens: list[str] = []
    group = Group()
    for line in text[:LARGEST_CHARACTERS].removeprefix("\ufeff").splitlines():
        name, colon, value = line.split("#", 1)[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if group.rules or not tokens:
                tokens, group = [], Group()
                robots.groups.append((tokens, group))
            tokens.append(value)
        elif name == "license":
            robots.licenses.append(value)
        elif name == "sitemap":
            robots.sitemaps.append(value)
        else:
            group.rules.append((name, value))
    return robots


def is_match(pattern: str, path: str) -> bool:
    """Tell whether a path begins with a pattern: `*` is any run of characters, a last `$` the end of the path."""
    if len(pattern) > _LONGEST_PATTERN or pattern.count("*") > _MOST_STARS:
        return False
    return _compiled(pattern).match(path) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    is_anchored = pattern.endswith("$")
    parts = [re.escape(part) for part in pattern.removesuffix("$").split("*")]
    # Atomic and lazy: each star takes the shortest run there is, so no pattern is slow.
    head, rest = parts[0], parts[1:]
    if not is_anchored or not rest:
        body = head + "".join(f"(?>.*?{part})" for part in rest)
    else:
        body = head + "".join(f"(?>.*?{part})" for part in rest[:-1]) + f".*{rest[-1]}"
    return re.compile(body + (r"\Z" if is_anchored else ""), re.DOTALL)


def _is_named(token: str, agent: str) -> bool:
    if not token or len(agent) > _LONGEST_PATTERN:
        return False
    return re.search(rf"(?<![\w-]){re.escape(token)}(?![\w-])", agent, re.IGNORECASE) is not None
