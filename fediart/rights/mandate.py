"""The words in which an artist lets this server declare their reservation: only who holds the rights can reserve them.

Data with a version. A text that anybody agreed to is never changed; new words are a new version at the end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mandate:
    """One version. `sha256` is of the UTF-8 text, hexadecimal: what a record of consent keeps."""

    version: int
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


TEXTS: Final = (
    Mandate(
        1,
        "I hold the rights in what I publish here, or I act for those who do.\n"
        "\n"
        "I ask this server to declare for me, in every machine-readable form it knows, how far text and data mining "
        "and the training of AI are reserved in my works: as I choose for each work, else as I chose for all of them, "
        "else as this server does by default. This is meant as an express reservation of rights under Article 4(3) of "
        "Directive (EU) 2019/790, and as the equivalent wherever the law knows one.\n"
        "\n"
        "I can change what is declared, and end this mandate, at any time. What was declared before stays on record, "
        "so that I can prove what was reserved and when. My rights remain mine: this server declares them and does not "
        "acquire any.\n",
    ),
)
CURRENT: Final = TEXTS[-1]


def find(version: int) -> Mandate | None:
    """Return the text of a version, None for one that never was."""
    return next((each for each in TEXTS if each.version == version), None)
