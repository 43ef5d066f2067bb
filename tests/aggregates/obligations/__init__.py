"""The mathematics of obligations: sets read strictly, what is owed, what comes again."""
