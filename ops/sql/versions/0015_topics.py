"""What entries are, by which decisions find them."""

from service.database.migrations import execute

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0015_topics.sql")
