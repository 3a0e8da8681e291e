"""One file per activity type. Each exports `HANDLER`; the registry finds it, no list to keep."""
