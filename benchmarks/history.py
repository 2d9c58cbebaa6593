"""Years of claims in `raw` and `ops`, as the loader leaves them, by a few statements on the server.

Deterministic: dossier n is the same in every warehouse. Three dossiers follow each other in the
life of a person: a first stay, some of which end in a transfer to the next facility; the stay
there; and another visit there up to 90 days later. 700 days from 2024-01-01 and what follows, as
many rows of drugs (XML2), services (XML3) and results (XML4) in every dossier, a slip
of referral (XML13) where somebody is transferred, an appointment (XML14) for the first two visits.
One dossier in 400 is related to HIV. A file holds 200 dossiers.

Keys are hashes without a secret: they need only be keys. Nothing here has a name, an address or the
number of a card: no statement that is measured reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import TextClause, text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.settings import Settings

LINES = 10
"""Rows of each table of lines per dossier; the marts' claim lines are twice that."""
_LAST_FULL_DAY = 680
"""From 2024-01-01; 2025-11-11. First stays begin until day 699."""

_FILES = text(
    """
    insert into ops.files (
        sha256, byte_count, received_at, file_name, status, dossier_count, hoso_count, judged_at
    )
    select
        encode(sha256(convert_to(concat(first_file, ' ', number), 'UTF8')), 'hex'),
        1, clock_timestamp(), concat('history_', first_file + number, '.xml'), 'loaded',
        200, 200, clock_timestamp()
    from (select coalesce(max(file_id), 0) + 1 as first_file from ops.files) as files
    cross join generate_series(0, (:count - 1) / 200) as number
    order by number
    """
)
_EVERY_NTH = text(
    """
    create temporary table chosen on commit drop as
    select serial, :first + serial * :step as n
    from generate_series(0, :count - 1) as serial
    """
)
# Of ten dossiers nine are new, of people who were here before; one is sent again that began in the
# thirty days before.
_OF_A_DAY = text(
    """
    create temporary table chosen on commit drop as
    with recent as (
        select n from generate_series(0, :dossiers - 1) as n
        where n % 3 = 0 and n / 3 * 37 % 700 between :day - 30 and :day - 1
        order by n % 997, n
        offset cast(:count as integer) * :round / 10 limit :count / 10
    ),
    numbers as (
        select n from recent
        union all
        select :dossiers + cast(:count as integer) * :round + serial
        from generate_series(1, :count - (select count(*) from recent)) as serial
    )
    select row_number() over (order by n)::integer - 1 as serial, n::integer as n from numbers
    """
)
# `visit` is 0, 1, 2 in the life of `person`.
_DELIVERED = text(
    """
    create temporary table delivered on commit drop as
    select
        n,
        first_file + serial / 200 as file_id,
        1 + serial % 200 as position,
        '010' || (n - n % 3 / 2) % :facilities as facility_id,
        'D' || n as dossier_id,
        md5('dossier ' || n)::uuid as encounter_key,
        person,
        n % 3 as visit,
        n % 3 = 0 and n / 3 % :transfer_every = 0 as is_transferred,
        date '2024-01-01' + case
            when n < :dossiers
                then n / 3 * 37 % 700 + (array[0, 2, 4 + n / 3 % 90])[n % 3 + 1]
            else :day
        end as arrived,
        (1000 * (1 + n % 997) + 7 * :round)::text as amount
    from chosen
    cross join lateral (
        select case when n < :dossiers then n / 3 else n % (:dossiers / 3) end as person
    ) as persons
    cross join (
        select max(file_id) - (:count - 1) / 200 as first_file from ops.files
    ) as files
    """
)
_ROWS = (
    """
    insert into ops.delivery_partitions (
        feed, file_id, partition_key, sender_id, received_at, is_complete, document_count
    )
    select 'claims', file_id, '', min(delivered.facility_id), f.received_at, true, count(*)
    from delivered inner join ops.files as f using (file_id)
    group by file_id, f.received_at
    """,
    """
    insert into ops.document_versions_claims (
        file_id, position, sender_id, document_name, document_key, local_person_key,
        is_withdrawal, line_count, verdict, standing
    )
    select
        file_id, position, facility_id, dossier_id, encounter_key,
        md5(facility_id || ' ' || person)::uuid, false, 2 * :lines, 'accepted', 'loaded'
    from delivered
    """,
    """
    insert into raw.claims_xml1 (
        file_id, position, ma_lk, _person_key, gioi_tinh, ngay_sinh, matinh_cu_tru,
        ma_benh_chinh, ma_benh_kt, ma_loai_kcb, ma_doituong_kcb, ma_loai_rv, ket_qua_dtri,
        ma_noi_di, ma_noi_den, ma_khoa, ngay_vao, ngay_ra, so_ngay_dtri, nam_qt, thang_qt,
        t_thuoc, t_vtyt, t_tongchi_bv, t_tongchi_bh, t_bhtt, t_bncct, t_bntt
    )
    select
        file_id, position, dossier_id, md5(person::text)::uuid,
        (1 + person % 2)::text,
        1930 + person % 90 || '0115',
        '01',
        case
            when n % 400 = 0 then 'B20'
            else chr(65 + n % 20) || lpad((30 + n % 61)::text, 2, '0')
        end,
        'I10;E1' || n % 5,
        (array['03', '03', '01'])[visit + 1], '1.1',
        case when is_transferred then '2' else '1' end,
        case when n % 211 = 0 then '5' else (1 + n % 4)::text end,
        case when visit = 1 then '010' || (n - 1) % :facilities end,
        case when is_transferred then '010' || (n + 1) % :facilities end,
        'K' || lpad((n % 30)::text, 2, '0'),
        to_char(arrived, 'YYYYMMDD') || '0800',
        to_char(arrived + 2, 'YYYYMMDD') || '0700', '3',
        to_char(arrived + 2, 'YYYY'), to_char(arrived + 2, 'FMMM'),
        amount, amount, amount, amount, amount, '0', '0'
    from delivered
    """,
    """
    insert into raw.claims_xml2 (
        file_id, position, line, stt, ma_thuoc, ten_thuoc, don_vi_tinh, ma_nhom, so_dang_ky,
        pham_vi, tyle_tt_bh, muc_huong, ma_khoa, ngay_yl, so_luong, don_gia,
        thanh_tien_bv, thanh_tien_bh, t_bhtt, t_bncct, t_bntt
    )
    select
        file_id, position, line, line::text, '40.' || (n * 7 + line * line) % 900,
        'Thuốc ' || (n * 7 + line * line) % 900, 'Viên', '4', 'VD-' || n % 9999 || '-19',
        '1', '100', '80', 'K' || lpad((n % 30)::text, 2, '0'),
        to_char(arrived, 'YYYYMMDD') || '0' || line % 10 || '15', '2', (500 + line * 10)::text,
        amount, amount, amount, '0', '0'
    from delivered cross join generate_series(1, :lines) as line
    """,
    """
    insert into raw.claims_xml3 (
        file_id, position, line, stt, ma_dich_vu, ten_dich_vu, don_vi_tinh, ma_nhom,
        pham_vi, tyle_tt_bh, muc_huong, ma_khoa, ngay_yl, ngay_th_yl, ngay_kq, so_luong,
        don_gia_bv, don_gia_bh, thanh_tien_bv, thanh_tien_bh, t_bhtt, t_bncct, t_bntt
    )
    select
        file_id, position, line, line::text, '02.' || (n * 5 + line * 11) % 600,
        'Dịch vụ ' || (n * 5 + line * 11) % 600, 'Lần', (array['1', '2', '8', '13'])[1 + line % 4],
        '1', '100', '80', 'K' || lpad((n % 30)::text, 2, '0'),
        to_char(arrived, 'YYYYMMDD') || '0820', to_char(arrived, 'YYYYMMDD') || '0840',
        to_char(arrived, 'YYYYMMDD') || '0900', '1', amount, amount,
        amount, amount, amount, '0', '0'
    from delivered cross join generate_series(1, :lines) as line
    """,
    """
    insert into raw.claims_xml4 (
        file_id, position, line, stt, ma_dich_vu, ma_chi_so, ten_chi_so, gia_tri, don_vi_do, ngay_kq
    )
    select
        file_id, position, line, line::text, '02.' || (n * 5 + line * 11) % 600, 'C' || line,
        'Glucose', '5.' || (n + line) % 100, 'mmol/L', to_char(arrived, 'YYYYMMDD') || '0900'
    from delivered cross join generate_series(1, :lines) as line
    """,
    """
    insert into raw.claims_xml13 (file_id, position, line, ma_noi_den, ma_loai_rv, ma_lydo_ct)
    select file_id, position, 1, '010' || (n + 1) % :facilities, '2', '1'
    from delivered where is_transferred
    """,
    """
    insert into raw.claims_xml14 (file_id, position, line, ngay_hen_kl)
    select file_id, position, 1, to_char(arrived + 30, 'YYYYMMDD') || '0800'
    from delivered where visit < 2
    """,
    """
    insert into ops.document_changes (
        feed, partition_key, sender_id, document_key, old_file_id, old_position, new_file_id,
        new_position
    )
    select
        'claims', '', delivered.facility_id, delivered.encounter_key,
        earlier.file_id, earlier.position, delivered.file_id, delivered.position
    from delivered
    left join ops.current_documents_claims as earlier
        on earlier.document_key = delivered.encounter_key
    order by delivered.file_id, delivered.position
    """,
    """
    insert into ops.current_documents_claims (document_key, file_id, position, is_withdrawal)
    select encounter_key, file_id, position, false from delivered
    on conflict (feed, partition_key, document_key) do update set
        file_id = excluded.file_id, position = excluded.position
    """,
)


@dataclass(frozen=True)
class History:
    """Dossiers 0 to `dossiers` - 1 of `facilities`, each with `lines` rows of each table of lines.

    Every `transfer_every`-th first stay ends in a transfer.
    """

    dossiers: int
    lines: int = LINES
    transfer_every: int = 10
    facilities: int = 40

    @classmethod
    def of_claim_lines(cls, claim_lines: int, facilities: int = 40) -> History:
        """With that many rows in fct_claim_lines, or a few less."""
        return cls(claim_lines // (2 * LINES), facilities=facilities)

    def deliver_all(self, settings: Settings) -> None:
        """The first delivery of every dossier, with the statistics that autovacuum gives it."""
        self._deliver(settings, _EVERY_NTH, self.dossiers, 0, first=0, step=1)
        vacuum(settings)

    def deliver_again(self, settings: Settings, count: int, round_number: int) -> None:
        """Send `count` dossiers again with other amounts.

        Each `round_number`, from 1, takes others, spread over all facilities and days. No
        statistics are made: an increment has to do without.
        """
        step = self.dossiers // count
        chosen = len(range(round_number, self.dossiers, step))
        self._deliver(settings, _EVERY_NTH, chosen, round_number, first=round_number, step=step)

    def deliver_day(self, settings: Settings, count: int, round_number: int) -> None:
        """Send what a day brings: `count` dossiers, most of them new, that begin on one day.

        Each `round_number`, from 1, is the next day, late in the last month that is as full as any.
        """
        self._deliver(settings, _OF_A_DAY, count, round_number)

    def _deliver(
        self,
        settings: Settings,
        choice: TextClause,
        count: int,
        round_number: int,
        **choosing: int,
    ) -> None:
        """The `count` dossiers that `choice` makes the table `chosen` of, as new files."""
        values = {
            **choosing,
            "count": count,
            "dossiers": self.dossiers,
            "day": _LAST_FULL_DAY + round_number,
            "round": round_number,
            "lines": self.lines,
            "transfer_every": self.transfer_every,
            "facilities": self.facilities,
        }
        with engine(settings, OWNER).begin() as connection:
            for statement in (_FILES, choice, _DELIVERED, *map(text, _ROWS)):
                used = {name: values[name] for name in statement.compile().params}
                connection.execute(statement, used)


def vacuum(settings: Settings) -> None:
    """Vacuum and statistics of every table, which autovacuum sees to in a warehouse that lives."""
    with engine(settings, OWNER).execution_options(isolation_level="AUTOCOMMIT").connect() as owner:
        owner.execute(text("vacuum analyze"))
