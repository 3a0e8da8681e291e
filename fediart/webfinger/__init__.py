"""Being found: WebFinger, host-meta and NodeInfo. `resource` and `documents` are pure; `routes` asks the database."""
