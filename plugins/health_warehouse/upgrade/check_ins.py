"""Check-ins became documents: files of before are read again, for their rows have no versions."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from health_warehouse.database.connections import engine
from health_warehouse.landing.read_again import read_again
from health_warehouse.settings import Settings

_AT_ONCE = 100
_FORMER = text(
    """
    select f.file_id, f.sha256
    from ops.files as f
    where
        f.kind = 'check_ins' and f.status = 'loaded' and f.archive_state = 'kept'
        and f.judged_at is not null
        and not exists (select from ops.document_versions as v where v.file_id = f.file_id)
        and not exists (select from ops.files as again where again.read_again_of = f.file_id)
    order by f.file_id
    """
)
_UNJUDGED = text(
    "select file_id from ops.files where kind = 'check_ins' and judged_at is null order by file_id"
)


def read_check_ins_again(settings: Settings, say: Callable[[str], None]) -> None:
    """Read every file of check-ins again and judge it. Killed, it goes on where it stopped."""
    from health_warehouse.landing.judging import check_files  # imports Great Expectations: 9 s

    with engine(settings, "maintainer").connect() as connection:
        files = [(row.file_id, row.sha256) for row in connection.execute(_FORMER)]
        left: list[int] = list(connection.execute(_UNJUDGED).scalars())
    if left:  # read by a run that was killed before it judged them
        check_files(settings, left)
    for start in range(0, len(files), _AT_ONCE):
        successors = read_again(settings, files[start : start + _AT_ONCE], is_upgrading=True)
        if successors:
            check_files(settings, successors)
        say(f"check-ins read again: {min(start + _AT_ONCE, len(files))} of {len(files)} files")
