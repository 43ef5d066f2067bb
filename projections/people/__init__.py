"""The people that the log speaks of, by their references alone: what the law asks about each (`protection`). No name is in any view."""

from projections.people.protection import PersonRow, Protected, Protection, people, protected

__all__ = ["PersonRow", "Protected", "Protection", "people", "protected"]
