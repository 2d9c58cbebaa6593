"""Licence numbers of a file get a key each; the numbers go no further than raw."""

from __future__ import annotations

from claim_files import claim_file, hoso, lines, part, xml1
from health_warehouse.privacy.known_key import agreed_person_key
from health_warehouse.privacy.person_key import person_key, practitioner_key
from health_warehouse.settings import Settings
from landing_steps import deliver, load_all, query


def test_every_licence_number_of_a_file_gets_its_key_once(settings: Settings) -> None:
    parts = [
        part("XML1", xml1()),
        part(
            "XML2", lines("XML2", [{"MA_LK": "A1", "SO_LUONG": "1", "MA_BAC_SI": "001/HNO-CCHN"}])
        ),
        part(
            "XML3",
            lines(
                "XML3",
                [
                    {
                        "MA_LK": "A1",
                        "SO_LUONG": "1",
                        "MA_BAC_SI": " 001/hno-cchn ",
                        "NGUOI_THUC_HIEN": "B2; C3;",
                    },
                    {"MA_LK": "A1", "SO_LUONG": "1", "MA_BAC_SI": "", "NGUOI_THUC_HIEN": "X" * 101},
                ],
            ),
        ),
        part("XML4", lines("XML4", [{"MA_LK": "A1", "TEN_CHI_SO": "x", "MA_BS_DOC_KQ": "D4"}])),
    ]
    deliver(settings, "one.xml", claim_file([hoso(*parts)]))
    deliver(settings, "two.xml", claim_file([hoso(*parts[:2], part("XML12", "<X/>"))]))
    load_all(settings)
    key = agreed_person_key(settings)
    found = query(settings, "select * from raw.practitioners order by practitioner_code")
    assert found == [
        (code, practitioner_key(key, code)) for code in ("001/HNO-CCHN", "B2", "C3", "D4")
    ]


def test_a_practitioner_is_no_patient(settings: Settings) -> None:
    """Staff hash in a domain of their own: the same number gives another key."""
    key = agreed_person_key(settings)
    number = {"cards": "0123456789", "citizen": None, "patient_id": None}
    patient = person_key(key, facility_id="96001", dossier_id="A1", **number)
    assert practitioner_key(key, "0123456789") != patient
