"""The schemas, and who may enter them."""

from service.database.migrations import execute

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0001_schemas.sql")
