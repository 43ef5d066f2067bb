"""Who the Board is and what it does besides reviews and actions: the partnership, its programme, challenges and inspections."""
