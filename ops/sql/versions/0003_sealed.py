"""Personal values under their subjects' keys."""

from service.database.migrations import execute

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0003_sealed.sql")
