"""Acting on a page: what can be done now, the form for it made from its declaration, and what comes of sending it."""
