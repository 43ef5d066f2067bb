"""What is owed, by whom, by when and why, and the event that shows that it was done: a list, a clause, one obligation, and the grid."""
