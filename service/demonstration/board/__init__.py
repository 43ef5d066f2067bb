"""The Board itself: who it is, when it meets, what it sets and lists, and what was put right afterwards."""
