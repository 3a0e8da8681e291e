"""One module a page. Each exports `ROUTES`; a new page is a new module and its template."""
