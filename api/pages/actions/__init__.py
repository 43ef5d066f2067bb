"""The action register and one action of it, with everything that was recorded about it."""
