"""The record itself as resources: its events, what changed between two dates, its inspections and its files."""
