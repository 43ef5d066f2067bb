"""The product from outside: real processes, the real command line, real keys and real PostgreSQL."""
