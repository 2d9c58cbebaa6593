"""The visits that count, with what several counts ask of one: who, where to, whether it is closed.

Standard library only.

    [visit.value("MA_LOAI_RV") for visit in visits_of(recount(read_folder(folder)))]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oracle.claims_files import Version
from oracle.recount import Recount

# A list of its own: the warehouse's may miss something.
HIV_CODES = ("B20", "B21", "B22", "B23", "B24", "Z21", "F024", "F02.4", "O987", "O98.7", "R75")
HIV_DRUGS = (
    "abacavir", "atazanavir", "bictegravir", "cabotegravir", "darunavir", "dolutegravir",
    "efavirenz", "emtricitabin", "etravirin", "lopinavir", "nevirapin", "raltegravir",
    "rilpivirin", "zidovudin",
)  # fmt: skip
# Elements of XML6 that repeat who the patient is: a row with nothing else tells of no care.
_WHO = {
    "MA_LK", "MA_THE_BHYT", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "DIA_CHI", "MATINH_CU_TRU",
    "MAHUYEN_CU_TRU", "MAXA_CU_TRU", "MA_CSKCB", "DU_PHONG",
}  # fmt: skip


@dataclass(frozen=True)
class Visit:
    facility_id: str
    version: Version

    @property
    def name(self) -> tuple[str, str]:
        return self.facility_id, self.version.dossier_id

    def value(self, element: str) -> str:
        return self.version.header.get(element, "").strip()

    @property
    def person(self) -> tuple[str, ...]:
        """The insurance number, the citizen id, or a number that only the facility knows."""
        cards = [card.strip() for card in self.value("MA_THE_BHYT").split(";")]
        numbers = [card[-10:] for card in cards if len(card) == 15 and card[-10:].isdigit()]
        if numbers:
            return "insurance", numbers[-1]
        if len(self.value("SO_CCCD")) == 12:
            return "citizen", self.value("SO_CCCD")
        return self.facility_id, self.value("MA_BN")

    @property
    def codes(self) -> list[str]:
        """Each once, where it stands first."""
        listed = [self.value("MA_BENH_CHINH"), *self.value("MA_BENH_KT").split(";")]
        return list(dict.fromkeys(code.strip() for code in listed if code.strip()))

    @property
    def is_transfer(self) -> bool:
        return self.value("MA_LOAI_RV") in ("2", "5") or "XML13" in self.version.others

    @property
    def sent_to(self) -> str:
        slip = (self.version.others.get("XML13") or [{}])[0]
        return slip.get("MA_CSKCB_DEN") or slip.get("MA_NOI_DEN") or self.value("MA_NOI_DEN")

    @property
    def tells_of_hiv(self) -> bool:
        others = self.version.others
        tb = others.get("XML15", ())
        named = [
            f"{row.get('TEN_THUOC', '')} {row.get('HAM_LUONG', '')}" for row in self.version.drugs
        ]
        ordered = [row.get("MA_BENH", "") for row in self.version.services]
        followed = [row.get("TEN_DICH_VU", "").lower() for row in self.version.services]
        return (
            any(code.startswith(HIV_CODES) for code in self.codes)
            or any(code.strip().startswith(HIV_CODES) for one in ordered for code in one.split(";"))
            or self.value("MA_DOITUONG_KCB") == "1.9"
            or any(drug in name.lower() for name in named for drug in HIV_DRUGS)
            or any("hiv" in name and "tải lượng" in name for name in followed)
            or any(row[name].strip() for row in others.get("XML6", ()) for name in set(row) - _WHO)
            or any(row.get("PHANLOAI_LAO_HIV") == "1" for row in tb)
            or any(row.get("NGAYKD_HIV") or row.get("BDDT_ARV") for row in tb)
        )

    def is_arrival_of(self, sent: Visit) -> bool:
        hours = moment(self.value("NGAY_VAO")) - moment(sent.value("NGAY_RA"))
        return (
            self.person == sent.person
            and self.facility_id != sent.facility_id
            and timedelta(hours=-2) <= hours <= timedelta(hours=72)
            and (
                self.facility_id == sent.sent_to
                or sent.facility_id in self.value("MA_NOI_DI").split(";")
            )
        )


def visits_of(counted: Recount) -> list[Visit]:
    """The versions that `recount` found to count."""
    return [
        Visit(facility_id, _version(counted, name, position))
        for (facility_id, _), (name, position) in counted.current.items()
    ]


def _version(counted: Recount, name: str, position: int) -> Version:
    (found,) = [each for each in counted.files[name].versions if each.position == position]
    return found


def moment(text: str) -> datetime:
    """Of `yyyymmddHHMM`; only differences matter."""
    return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
