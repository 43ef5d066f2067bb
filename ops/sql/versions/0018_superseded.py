"""What named somebody in a text that does not stand any more goes with them."""

from service.database.migrations import execute

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0018_superseded.sql")
