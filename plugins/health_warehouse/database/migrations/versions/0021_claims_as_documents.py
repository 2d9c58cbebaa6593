"""Claims are documents like those of every other feed; versions of before are moved."""

from pathlib import Path

from alembic import op

from health_warehouse.database import former_dossiers

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    connection = op.get_bind()
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    connection.exec_driver_sql(statements)
    former_dossiers.move_or_note(connection)


def downgrade() -> None:
    raise NotImplementedError("restore a backup of before the upgrade")
