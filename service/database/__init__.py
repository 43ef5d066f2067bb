"""The database as a whole: its schema, its connections, and its dumps. `embedded_postgres` is the server that we bring along."""
