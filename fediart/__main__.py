"""`python -m fediart` and the `fediart` command."""

from __future__ import annotations

from fediart.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
