"""Files that are read again: the new reading is a row of its own beside the former one."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: former readings cannot be told from files")
