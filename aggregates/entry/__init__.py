"""What is on record, and what of it stands.

An aggregate's state is a pure fold over its entries, as amended, in the order in which they were true. Its commands and every
read model use the same fold, so a retraction really undoes, and the two sides cannot disagree.
"""

from aggregates.entry.amending import Recorded, standing, steps
from aggregates.entry.record import Entry, OnRecord, Opening, reference, stream_id

__all__ = ["Entry", "OnRecord", "Opening", "Recorded", "reference", "standing", "steps", "stream_id"]
