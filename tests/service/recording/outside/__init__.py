"""Tests of what others remember of the log."""
