"""What an erasure needs, and texts that are held for the data protection officer."""

from service.database.migrations import execute

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0007_erasure.sql")
