"""What is typed of an answer and not recorded yet."""

from service.database.migrations import execute

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0009_drafts.sql")
