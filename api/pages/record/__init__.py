"""The record itself: one signed event, what was known when, and how to check all of it."""
