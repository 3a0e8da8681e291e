"""The pages that visitors see: galleries, works, files, and the rights in words and in data.

Server-rendered, no script, no cookie, nothing from third parties. Each page is one module in `pages` and its template;
`answer` gives every page its head, its headers and the rights signals. Nothing here writes to the database.
"""

from __future__ import annotations

from fediart.web.blueprint import blueprint
from fediart.web.errors import error_page
from fediart.web.everywhere import completing

__all__ = ["blueprint", "completing", "error_page"]
