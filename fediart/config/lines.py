"""On which line of a TOML file each key stands, for messages.

`tomllib` keeps no positions. This scanner assumes text that `tomllib` has accepted, so it only tells strings, comments
and brackets apart; it neither converts values nor reports errors.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]+|\\.|"(?!""))*"""(?:"{1,2})?'
    r"|'''(?:[^']+|'(?!''))*'''(?:'{1,2})?"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) where every key and table header is first mentioned; array items have no place.

    Trust: `tomllib.loads(text)` has succeeded.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        self.skip(_BLANK)
        while self.position < len(self.text):
            if self.text[self.position] == "[":
                table = self.header()
            else:
                self.assignment(table)
            self.skip(_BLANK)
        return self.found

    def header(self) -> KeyPath:
        brackets = 2 if self.text.startswith("[[", self.position) else 1
        self.position += brackets
        table = self.key(())
        self.position += brackets
        return table

    def assignment(self, table: KeyPath) -> None:
        path = self.key(table)
        self.position += 1  # the equals sign
        self.skip(_SPACE)
        self.value(path)

    def key(self, table: KeyPath) -> KeyPath:
        """Read a dotted key and note the line of each of its parts."""
        path = table
        while True:
            self.skip(_SPACE)
            line = bisect_right(self.starts, self.position)
            path = (*path, self.key_part())
            self.found.setdefault(path, line)
            self.skip(_SPACE)
            if not self.text.startswith(".", self.position):
                return path
            self.position += 1

    def key_part(self) -> str:
        if self.text[self.position] not in "\"'":
            return self.skip(_BARE_KEY)
        quoted = self.skip(_STRING)
        return str(tomllib.loads(f"k = {quoted}")["k"])

    def value(self, path: KeyPath) -> None:
        match self.text[self.position]:
            case '"' | "'":
                self.skip(_STRING)
            case "[":
                self.items("]", path)
            case "{":
                self.items("}", path)
            case _:
                self.skip(_PLAIN_VALUE)

    def items(self, closing: str, path: KeyPath) -> None:
        self.position += 1
        self.skip(_BLANK)
        while self.text[self.position] != closing:
            if closing == "}":
                self.assignment(path)
            else:
                self.value(path)
            self.skip(_BLANK)
            if self.text[self.position] == ",":
                self.position += 1
                self.skip(_BLANK)
        self.position += 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        assert match is not None, f"not TOML at {self.position}: the text was not accepted by tomllib"
        self.position = match.end()
        return match.group()
