"""Which notices are to be mailed."""

from service.database.migrations import execute

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0006_mail.sql")
