"""Tests of Muniment, mirroring the code."""
