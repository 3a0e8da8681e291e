"""The story that `make demo` tells: what happens, where it happens, and how it is shown."""
