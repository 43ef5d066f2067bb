"""Accounts, sessions, API keys, idempotency."""

from service.database.migrations import execute

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0004_desk.sql")
