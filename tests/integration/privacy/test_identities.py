"""What readers are told of how a person is known is what the person key was made of."""

from __future__ import annotations

import random
from collections import Counter

from sqlalchemy import text

from health_warehouse.database.connections import OWNER, engine
from health_warehouse.privacy.person_key import keyed_hash, person_key
from health_warehouse.settings import Settings

KEY = b"k" * 32
_CARDS = (
    None, "", " ", "DN4969600011122", "te1969600011122", " HS4969600011199 ", "0123456789",
    "TE1PP9600011122", "DN6969600011122", "DN496960001112", "DN4969600011122;TE1PP9600011122",
    "TE1PP9600011122;DN4969600011133", "DN4969600011122 ; HS4969600011144",
    "CA5969600011122", "DN4969600011122;", "\t0123456789\n", "DN4 969600011122",
)  # fmt: skip
_CITIZENS = (None, "", "096080000001", " 096080000001\r", "381234567", "b1234567", "B123456",
             "09608000000", "０96080000001")  # fmt: skip
# of 12 digits; others are of passports and old cards
_WHOLE_IDS = ("096080000001", " 096080000001\r")
_PATIENTS = (None, "", " \t", "BN001", " BN001 ")


def _known_by(cards: str | None, citizen: str | None, patient: str | None) -> str:
    """The domain in which the key was made, found by making it in each."""
    made = person_key(
        KEY, facility_id="96001", dossier_id="A", cards=cards, citizen=citizen, patient_id=patient
    )
    local = keyed_hash(KEY, "patient_id", "96001", (patient or "").strip(" \t\r\n"))
    by_citizen = person_key(
        KEY, facility_id="96001", dossier_id="A", cards=None, citizen=citizen, patient_id=None
    )
    nobody = keyed_hash(KEY, "dossier_id", "96001", "A")
    if made == nobody:
        return "dossier"
    if made == local:
        return "facility_number"
    return "citizen_id" if made == by_citizen else "insurance_number"


def test_the_kind_of_identifier_is_that_of_the_person_key(settings: Settings) -> None:
    draw = random.Random(8)
    people = [
        (draw.choice(_CARDS), draw.choice(_CITIZENS), draw.choice(_PATIENTS)) for _ in range(600)
    ]
    with engine(settings, OWNER).begin() as connection:
        file_id = connection.execute(
            text(
                "insert into ops.files (sha256, byte_count, received_at, file_name, status)"
                " values (repeat('a', 64), 1, now(), 'a.xml', 'loaded') returning file_id"
            )
        ).scalar_one()
        connection.execute(
            text(
                "insert into raw.claims_xml1"
                " (file_id, position, _person_key, ma_the_bhyt, so_cccd, ma_bn)"
                " values (:file_id, :position, gen_random_uuid(), :cards, :citizen, :patient)"
            ),
            [
                {"file_id": file_id, "position": n, "cards": c, "citizen": i, "patient": p}
                for n, (c, i, p) in enumerate(people, 1)
            ],
        )
        found = connection.execute(
            text("select position, identified_by, card_prefix, has_citizen_id from raw.identities")
        ).all()
    told = {row.position: row.identified_by for row in found}
    expected = {n: _known_by(*person) for n, person in enumerate(people, 1)}
    assert told == expected
    assert min(Counter(expected.values()).values()) > 15
    with_id = {row.position for row in found if row.has_citizen_id}
    assert with_id == {n for n, (_, citizen, _) in enumerate(people, 1) if citizen in _WHOLE_IDS}
    assert {row.card_prefix for row in found} == {None, "CA5", "DN4", "TE1", "HS4"}
