"""Names of files, and values that are no codes, go to who may see persons."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    folder = Path(__file__).parent
    for part in ("delivery_names", "code_forms"):
        statements = (folder / f"0007_{part}.sql").read_text(encoding="utf-8")
        op.get_bind().exec_driver_sql(statements)


def downgrade() -> None:
    raise NotImplementedError("restore a backup: names of patients would be readable again")
