"""Rows of the lists about people who work: the workforce, posts, rotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from health_warehouse.synthetic.lists.sheets import Row
from health_warehouse.synthetic.streams import stream, whole
from health_warehouse.synthetic.world.assignments import Assignment
from health_warehouse.synthetic.world.creation import World
from health_warehouse.synthetic.world.occupations import DEPARTMENTS, OCCUPATIONS
from health_warehouse.synthetic.world.workers import Job, Worker

_ON_POSTS = ("public_employee", "civil_servant")


def workforce(world: World, as_of: date) -> dict[str, list[Row]]:
    """By facility: who works there, and who left this year."""
    since = date(as_of.year, 1, 1)
    rows: dict[str, list[Row]] = {}
    for worker in world.workers:
        for job in worker.jobs:
            if job.valid_from <= as_of and (job.valid_to is None or job.valid_to >= since):
                rows.setdefault(job.facility_code, []).append(_employed(worker, job, as_of))
    return rows


def _employed(worker: Worker, job: Job, as_of: date) -> Row:
    occupation = OCCUPATIONS[worker.occupation]
    elsewhere = sorted({other.facility_code for other in worker.jobs} - {job.facility_code})
    has_left = job.valid_to is not None and job.valid_to <= as_of
    return {
        "citizen_id": worker.citizen_id,
        "full_name": worker.name,
        "sex": worker.sex,
        "birth_date": worker.birth,
        "ethnic_code": worker.ethnic,
        "facility_code": job.facility_code,
        "is_main_place": job.is_main,
        "department_code": job.department_code,
        "department_name": DEPARTMENTS[job.department_code],
        "title_code": occupation.title,
        "occupation": worker.occupation,
        "position_code": job.position,
        "post_title": "Bác sĩ điều trị" if worker.is_doctor else None,
        "degree": worker.degree,
        "specialty": worker.specialty,
        "licence_no": worker.licence_no,
        "licence_date": worker.licence_date,
        "licence_issuer": "Sở Y tế" if worker.licence_no else None,
        "scope": occupation.scope or None,
        "full_time": "1" if job.is_full_time else "2",
        "hours_of_day": job.hours,
        "days_of_week": job.days,
        "other_facilities": ";".join(elsewhere) or None,
        "rx_link_code": f"BS{worker.citizen_id[-7:]}" if worker.is_doctor else None,
        "employment_kind": job.employment,
        "joined_on": job.joined_on,
        "left_on": job.left_on if has_left else None,
        "leave_reason": job.leave_reason if has_left else None,
        "valid_from": job.valid_from,
        "valid_to": job.valid_to if has_left else None,
    }


def posts(world: World, as_of: date) -> dict[str, list[Row]]:
    """By public facility: posts approved, filled and beside them, for each occupation there."""
    filled: dict[str, Counter[str]] = {}
    beside: dict[str, Counter[str]] = {}
    for worker in world.workers:
        job = worker.main_on(as_of)
        if job is None or not world.by_code[job.facility_code].is_public:
            continue
        counts = filled if job.employment in _ON_POSTS else beside
        counts.setdefault(job.facility_code, Counter())[worker.occupation] += 1
    rows: dict[str, list[Row]] = {}
    for code in sorted(filled.keys() | beside.keys()):
        on_posts, contracts = filled.get(code, Counter()), beside.get(code, Counter())
        occupations = sorted(on_posts.keys() | contracts.keys())
        rows[code] = [
            _approved(world, code, each, on_posts[each], contracts[each], as_of)
            for each in occupations
        ]
    return rows


def _approved(
    world: World, code: str, occupation: str, filled: int, contracts: int, as_of: date
) -> Row:
    draw = stream(world.size.seed, "posts", code, occupation)
    approved = filled + -(-filled * whole(draw, 3, 16) // 100)
    return {
        "facility_code": code,
        "occupation": occupation,
        "approved_posts": approved,
        "filled_posts": filled,
        "contract_staff": contracts,
        "needed_by_norm": approved + whole(draw, 0, 2 + approved // 12),
        "decision_no": f"{as_of.year - 1}/QĐ-UBND",
        "as_of_date": as_of,
    }


def rotation(world: World, as_of: date) -> Iterator[Row]:
    """Those sent by decisions up to the day, and not back by the end of last year."""
    for each in world.assignments:
        if each.decided_on <= as_of:
            yield _sent(each, as_of)


def _sent(each: Assignment, as_of: date) -> Row:
    ended = each.ended_on if each.ended_on is not None and each.ended_on <= as_of else None
    return {
        "decision_no": each.decision_no,
        "decision_date": each.decided_on,
        "programme": each.programme,
        "citizen_id": each.worker.citizen_id,
        "occupation": each.worker.occupation,
        "staff_group": each.group,
        "specialty": each.worker.specialty,
        "from_facility": each.from_code,
        "to_facility": each.to_code,
        "started_on": each.started_on,
        "planned_end": each.planned_end,
        "ended_on": ended,
        "time_share": Decimal(each.time_share),
        "task": each.task,
    }
