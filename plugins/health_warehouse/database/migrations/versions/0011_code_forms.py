"""What has the form of a code, of a result or of a person: rules and marts read it alike."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0007"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: readers would be given names in place of codes")
