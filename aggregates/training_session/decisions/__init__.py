"""What can be decided about a session, by the part of its life: holding it, asking those who were there, sampling, judging."""
