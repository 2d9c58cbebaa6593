"""`marts.current_release`: one row that tells a reader which release the marts are.

It is written in the transaction that writes the marts, so a report that reads it in its own
transaction knows which release its figures come from.
"""

from __future__ import annotations

from psycopg import sql

from health_warehouse.marts.contracts import MartContract
from health_warehouse.release.catalogue import read_table
from health_warehouse.release.protection import admit, shut
from health_warehouse.release.row_security import audiences
from health_warehouse.release.transaction import ReleaseCursor
from health_warehouse.settings import Settings

NAME = "current_release"
_CONTRACT = MartContract(NAME, comment="", columns=(), primary_key=("release_id",))
_TABLE = sql.Identifier("marts", NAME)


def ensure_current_release(cursor: ReleaseCursor, settings: Settings) -> None:
    """Create the table when it is not there."""
    if read_table(cursor, "marts", NAME) is not None:
        return
    for statement in (
        "create table {} (release_id bigint primary key, published_at timestamptz not null)",
        "create unique index current_release_single on {} ((true))",
        "comment on table {} is 'One row: the release that the marts hold now. |"
        " Một dòng: bản phát hành mà các bảng đang chứa.'",
        "comment on column {}.release_id is 'Release of all marts; its record is in ops.releases. |"
        " Bản phát hành của mọi bảng; hồ sơ nằm ở ops.releases.'",
        "comment on column {}.published_at is 'When that release was published. |"
        " Thời điểm công bố bản phát hành đó.'",
    ):
        cursor.execute(sql.SQL(statement).format(_TABLE))
    shut(cursor, settings, NAME)
    for audience in audiences(settings, _CONTRACT):
        admit(cursor, NAME, audience)


def show_release(cursor: ReleaseCursor, release_id: int) -> None:
    """Point the row at `release_id`."""
    cursor.execute(
        sql.SQL(
            "with shown as (update {table}"
            " set release_id = r.release_id, published_at = r.published_at"
            " from ops.releases as r where r.release_id = %(id)s returning 1)"
            " insert into {table} select release_id, published_at from ops.releases"
            " where release_id = %(id)s and not exists (select from {table})"
        ).format(table=_TABLE),
        {"id": release_id},
    )
