"""Why a mail could not be sent says to nobody to whom."""

from service.database.migrations import execute

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0023_failed_mail.sql")
