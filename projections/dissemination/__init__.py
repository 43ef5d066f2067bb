"""Who has what the Board sent, and what they did with it: agency by item, on any day as known on any day.

`view` are the two tables (the items, and what each recipient did), `rows` what a reader gets, `reading` how it is asked for.
"""

from projections.dissemination.reading import item, items, lines, of_review, received
from projections.dissemination.rows import ItemLine, ItemRow, RecipientRow
from projections.dissemination.view import Disseminations, Recipients

__all__ = ["Disseminations", "ItemLine", "ItemRow", "RecipientRow", "Recipients", "item", "items", "lines", "of_review", "received"]
