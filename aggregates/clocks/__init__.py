"""What runs: London's calendar, and as the product grows the working days, the statutory and the local clocks."""
