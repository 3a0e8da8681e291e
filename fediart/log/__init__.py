"""What the program says about itself: structured lines, one shape for our code and the libraries below it.

`redaction` keeps secrets out of every line, `output` decides the form. Nothing here knows what is being logged.
"""

from __future__ import annotations

from fediart.log.output import Logger, bind, configure, get, new_id

__all__ = ["Logger", "bind", "configure", "get", "new_id"]
