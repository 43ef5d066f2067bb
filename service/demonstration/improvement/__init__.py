"""How Severnbrook learns from what happened: its reviews, and the lives of the actions that came of them."""
