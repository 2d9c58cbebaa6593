"""raw, quarantine, vault and ops for the claim feed, and the schemas that dbt and publish fill."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    folder = Path(__file__).parent
    for part in ("0001_schemas.sql", "0001_raw.sql", "0001_ops.sql", "0001_ledger.sql"):
        op.get_bind().exec_driver_sql((folder / part).read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("restore a backup: raw data is never dropped by a migration")
