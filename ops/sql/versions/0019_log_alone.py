"""Dumps of the log alone are listed as what they are."""

from service.database.migrations import execute

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0019_log_alone.sql")
