"""The review tracker, and one review: where it stands, which clock runs, and what stops it closing."""
