"""The rules of a list: judged by the warehouse's expectations, and by Great Expectations' own.

    python -m benchmarks.feed_suites [--rows 100000] [--pairs 3]

One delivery of the workforce, right but for every hundredth row; both judge it in turn, in one
process, after one turn of each that is not counted. Neither writes what it finds.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from uuid import uuid4

from benchmarks.empty_warehouse import empty_warehouse
from expectations.generated.rules_of_contract import rules_of
from health_warehouse.database.connections import role_url
from health_warehouse.feeds.catalogue import built_in
from health_warehouse.landing.archive import store
from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.load import load
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.quality.feed_asset import asset_query
from health_warehouse.quality.runner import _context, judging
from health_warehouse.settings import Settings

CONTRACT = built_in()["workforce"]
BATCH = "select * from ops.files where kind = 'workforce'"


def row(number: int) -> str:
    """One member of staff; every hundredth has a title that is in no list."""
    return json.dumps(
        {
            "citizen_id": f"096{number:09}",
            "full_name": "Nguyễn Văn A",
            "sex": number % 2 + 1,
            "facility_code": f"96{number % 200:03}",
            "is_main_place": "1",
            "department_code": "K03",
            "title_code": "99" if number % 100 == 0 else "1",
            "occupation": "doctor_general",
            "degree": "univ",
            "licence_no": f"{number:06}/CM-CCHN",
            "licence_date": "20200101",
            "scope": "Nội khoa",
            "full_time": "1",
            "employment_kind": "public_employee",
            "valid_from": "20200101",
        },
        ensure_ascii=False,
    )


def by_rules(settings: Settings) -> int:
    """Rows that fail, by the expectations of the warehouse."""
    with judging(settings, "loader", BATCH) as judge:
        return sum(outcome.failed_count for outcome in judge("measured", rules_of(CONTRACT)))


def by_own_expectations(settings: Settings) -> int:
    """Rows that fail, by Great Expectations' own."""
    context = _context()
    from health_warehouse.quality.feed_suite import suite

    url = role_url(settings, "loader").render_as_string(hide_password=False)
    name = uuid4().hex
    source = context.data_sources.add_postgres(name=name, connection_string=url)
    try:
        asset = source.add_query_asset("rows", query=asset_query(CONTRACT, BATCH))
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        result = batch.validate(suite(CONTRACT), result_format="SUMMARY")
        return sum(one.result["unexpected_count"] or 0 for one in result.results)
    finally:
        source.get_execution_engine().close()
        context.data_sources.delete(name)


def measured(settings: Settings, judge: Callable[[Settings], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = judge(settings)
    return time.perf_counter() - started, found


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3)
    asked = parser.parse_args()
    with empty_warehouse() as settings:
        path = settings.state / "inbox" / "workforce" / "rows.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(f"{row(number)}\n" for number in range(asked.rows)))
        [delivery] = list_new(settings)
        load(settings, agreed_person_key(settings), delivery, store(settings, delivery))
        for turn in range(asked.pairs + 1):
            ours, found = measured(settings, by_rules)
            own, found_too = measured(settings, by_own_expectations)
            if turn:
                print(
                    f"rules {ours:.1f} s ({found} rows), own expectations {own:.1f} s"
                    f" ({found_too}): {own / ours:.1f} times as long"
                )


if __name__ == "__main__":
    main()
