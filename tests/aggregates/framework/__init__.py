"""The clauses of the framework: each is told an example of, and has to be decided from it."""
