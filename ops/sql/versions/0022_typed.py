"""What is typed and not recorded goes with whom it names."""

from service.database.migrations import execute

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0022_typed.sql")
