"""Sessions in which somebody rehearses an inspection."""

from service.database.migrations import execute

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0014_rehearsal.sql")
