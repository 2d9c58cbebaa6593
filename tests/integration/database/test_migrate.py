from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.database.migrate import migrate
from health_warehouse.database.roles import ROLES
from health_warehouse.settings import Settings


def test_every_role_logs_in_after_migration(settings: Settings) -> None:
    for role in ROLES:
        with engine(settings, role).connect() as connection:
            assert connection.execute(text("select current_user")).scalar_one() == role


def test_migrating_twice_changes_nothing(settings: Settings) -> None:
    def catalogue() -> list[tuple[str, ...]]:
        with engine(settings, OWNER).connect() as connection:
            rows = connection.execute(
                text(
                    "select relnamespace::regnamespace::text, relname, relacl::text from pg_class "
                    "where relnamespace in (select oid from pg_namespace where nspname !~ '^pg_') "
                    "order by 1, 2"
                )
            )
            return [tuple(row) for row in rows]

    before = catalogue()
    assert len(before) > 20
    migrate(settings)
    assert catalogue() == before


def test_transformer_cannot_read_a_personal_column(settings: Settings) -> None:
    with engine(settings, "transformer").connect() as connection:
        allowed = text(
            "select has_column_privilege('raw.claims_xml1', 'ma_loai_kcb', 'select'), "
            "has_column_privilege('raw.claims_xml1', 'ho_ten', 'select')"
        )
        assert tuple(connection.execute(allowed).one()) == (True, False)
