"""What the framework asks for: its clauses as data, the rules that find in the log whether each was done, and what is told of them.

`clauses` and `matching` say what a rule is, `parsing` reads `sets/`, `library` has the sets that come with the product, `facts` what
standing rules ask of a thing's own state. A new obligation is a new table in a set.
"""
