"""Training: the sessions with their five points, and the programme they belong to."""
