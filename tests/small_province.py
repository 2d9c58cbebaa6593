"""A small province as deliveries and as truth, for tests that look at marts."""

from __future__ import annotations

from pathlib import Path

from health_warehouse.landing.inbox import list_new
from health_warehouse.landing.ingest import ingest
from health_warehouse.quality.marts import audit
from health_warehouse.release.build import build
from health_warehouse.release.publish import publish
from health_warehouse.release.releases import Release
from health_warehouse.settings import Settings
from health_warehouse.synthetic.lists.delivering import FEEDS
from health_warehouse.synthetic.lists.province_files import Province, write_province
from health_warehouse.synthetic.options import Options
from health_warehouse.synthetic.world.sizes import Beds, Size

SMALL = Size(
    Options(facilities=6, days=31, dossiers=300, seed=21),
    people=250_000,
    points=12,
    provincial_hospitals=1,
    specialised_hospitals=1,
    regional_centres=1,
    preventive_units=1,
    private_hospitals=2,
    private_clinics=1,
    regional_clinics=0,
    beds=Beds(public=120, private=80),
)


def take_in_province(
    settings: Settings, folder: Path, size: Size = SMALL, *, without: tuple[str, ...] = ()
) -> Province:
    """Write a province and ingest its lists and claims, but for the feeds `without`."""
    made = write_province(folder, size)
    others = [one.name for one in folder.iterdir() if one.is_dir() and one.name not in FEEDS]
    sent = (feed for feed in FEEDS if feed not in without and (folder / feed).is_dir())
    taken = [*sorted(others), *sent]
    ingest(settings, list_new(settings, [str(folder / one) for one in taken]))
    return made


def release(settings: Settings) -> Release:
    """Build, audit, publish."""
    built = build(settings)
    audit(settings, built.build_id)
    return publish(settings, built.build_id)
