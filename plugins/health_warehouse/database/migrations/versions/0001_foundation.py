"""raw, ref, quarantine, vault and ops for the claim feed, and the schemas of dbt and publish."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    folder = Path(__file__).parent
    for part in ("schemas", "raw", "raw_tables", "reference", "ops", "ledger", "readers", "alerts"):
        statements = (folder / f"0001_{part}.sql").read_text(encoding="utf-8")
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: raw data is never dropped by a migration")
