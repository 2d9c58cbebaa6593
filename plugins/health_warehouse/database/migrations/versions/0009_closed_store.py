"""Schemas of the closed store and of the views by which closed and scoped readers read."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: closed rows would come back among the open ones")
