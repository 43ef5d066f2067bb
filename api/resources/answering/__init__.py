"""How every resource answers: with its clocks, with an endpoint for each command, and described in one document."""
