"""What says why a text is gone, where the log itself does not."""

from service.database.migrations import execute

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0020_erased_elsewhere.sql")
