"""The law of the place: what may happen, and what is then on record.

Here are the ledger's own registry, the data subjects, the partnership, reviews and actions. Dissemination, training sessions,
returns and the framework's clauses take their places beside them as the product grows.
"""
