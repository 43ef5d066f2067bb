"""What is known of evidence files."""

from service.database.migrations import execute

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0012_evidence.sql")
