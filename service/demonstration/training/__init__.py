"""What was taught, to whom, and what came of it: the sessions and their five points."""
