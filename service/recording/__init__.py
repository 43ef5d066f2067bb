"""How an act becomes part of the record: the log of one board, open for writing; how it begins; and what is sent outside of it."""

from service.recording.recording import Recording
from service.recording.writing import Done, Write

__all__ = ["Done", "Recording", "Write"]
