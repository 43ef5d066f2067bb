"""The links by which participants answer."""

from service.database.migrations import execute

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0008_participant_link.sql")
