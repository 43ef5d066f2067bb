"""What lets somebody in but a password: links that work once, and accounts with an OpenID provider."""

from service.database.migrations import execute

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL of this version."""
    execute("0011_links_and_identities.sql")
