"""What is owed, by whom, by when and why; and the event that shows that it was done, or that none does. On any day as known on any day."""
