"""Data protection: the register, a person's page, what is due, where a name stands in texts, and what is held of somebody."""
