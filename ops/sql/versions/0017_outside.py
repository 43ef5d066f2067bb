"""What others vouch for: cosignatures, time stamps, and what a witness holds against us."""

from service.database.migrations import execute

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0017_outside.sql")
