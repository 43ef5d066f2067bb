"""What others remember of the log: checkpoints that were sent, witnesses, time stamps; and the log held against it."""
