"""No two dumps that still are have one name."""

from service.database.migrations import execute

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0021_one_name.sql")
