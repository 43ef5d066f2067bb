"""Where everybody begins: signing in, choosing an office, and what is owed by whoever is there."""
