"""Names of files go to who may see persons: the ledger is shown without them."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: names of patients would be readable again")
