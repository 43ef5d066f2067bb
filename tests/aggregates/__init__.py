"""What the law of the place promises, aggregate by aggregate."""
