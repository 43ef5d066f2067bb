"""The pages of returns: what was asked of whom, each return with its form, section 11 side by side, and whose training is in date."""
