"""The people on record: the data-protection register, a page for each, and the texts that are held."""
