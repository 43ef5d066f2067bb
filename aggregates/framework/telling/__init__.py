"""What is told of an obligation: to its owner, that it falls due; to anybody, that nothing on record shows that it was done."""
