"""What the Board sent: who has it and how far each of them is (`matrix`), and one item with everything its recipients did (`item`)."""
