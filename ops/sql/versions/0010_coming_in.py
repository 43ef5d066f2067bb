"""Sessions that their owner can tell apart and end, and how often somebody tried."""

from service.database.migrations import execute

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0010_coming_in.sql")
