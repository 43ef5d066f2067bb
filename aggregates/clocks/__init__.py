"""What runs: London's days, working days by a pinned calendar, statutory regimes as data, and the clocks that run by their rules."""
