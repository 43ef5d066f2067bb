"""What inspectors read: the record entry by entry, and the inspections for which it was opened."""
