"""The ledger: events, disclosures, tiles, checkpoints, signing keys, and the one function that appends."""

from service.database.migrations import execute

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0002_ledger.sql")
