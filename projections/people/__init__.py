"""The people that the log speaks of, by their references alone: no name is in any view.

`protection` has what the law asks about each, `merging` which are of one person, `places` where they stand and what is due.
"""

from projections.people.merging import merged
from projections.people.places import Disclosed, Due, Handed, Place, disclosed, due, erased_at, gone_on, handed, places, spelled
from projections.people.protection import PersonRow, Protected, Protection, people, protected

__all__ = [
    "Disclosed", "Due", "Handed", "PersonRow", "Place", "Protected", "Protection", "disclosed", "due", "erased_at", "gone_on", "handed",
    "merged", "people", "places", "protected", "spelled",
]  # fmt: skip
