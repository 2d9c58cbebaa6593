"""Builds of which somebody wanted to see what they would change: no clock publishes them."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: then the clock would publish what was only tried")
