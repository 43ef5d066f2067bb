"""What the Board asks for in writing, and who answers it."""
