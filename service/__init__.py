"""Make what the aggregates decide durable, sign it and prove it; importing this package imports nothing."""
