"""Who may record which event of a review, and when: each method checks today's rules, and refuses by name or records one event."""
