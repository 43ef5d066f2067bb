"""The dumps that are to be destroyed."""

from service.database.migrations import execute

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0016_backups.sql")
