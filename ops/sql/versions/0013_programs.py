"""API keys of programs, and their signed requests."""

from service.database.migrations import execute

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0013_programs.sql")
