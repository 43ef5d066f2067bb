"""What the views promise."""
