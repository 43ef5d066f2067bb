"""The people that the log speaks of, by their references alone: no name is in any view.

`protection` has what the law asks about each, `merging` which are of one person.
"""

from projections.people.merging import merged
from projections.people.protection import PersonRow, Protected, Protection, people, protected

__all__ = ["PersonRow", "Protected", "Protection", "merged", "people", "protected"]
