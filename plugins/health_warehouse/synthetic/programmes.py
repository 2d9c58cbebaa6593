"""National programmes: HIV treatment (XML6), tuberculosis treatment (XML15)."""

from __future__ import annotations

from health_warehouse.synthetic.encounters import Dossier
from health_warehouse.synthetic.moments import day_of, ymd
from health_warehouse.synthetic.papers import from_header


def hiv_treatment(dossier: Dossier) -> dict[str, str]:
    """XML6: a patient on the first-line regimen TDF + 3TC + DTG (1p) for some years."""
    today = day_of(dossier.stay.arrived)
    began = today - 400 - dossier.lot % 2000
    here = dossier.facility.facility_id
    row = from_header("XML6", dossier.header)
    row.update(
        NGAYKD_HIV=ymd(began - 20),
        NOI_LAY_MAU_XN=here,
        NOI_XN_KD="96003",
        NOI_BDDT_ARV=here,
        BDDT_ARV=ymd(began),
        MA_PHAC_DO_DIEU_TRI_BD="1c",
        MA_BAC_PHAC_DO_BD="1",
        MA_LYDO_DTRI="1",
        LOAI_DTRI_LAO="0",
        SANG_LOC_LAO="1",
        KQ_DTRI_LAO="7",
        MA_LYDO_XNTL_VR="1",
        NGAY_XN_TLVR=ymd(today - 30),
        KQ_XNTL_VR="1",
        NGAY_KQ_XN_TLVR=ymd(today - 20),
        MA_LOAI_BN="2",
        GIAI_DOAN_LAM_SANG="1",
        NHOM_DOI_TUONG=str(dossier.lot % 12),
        MA_TINH_TRANG_DK="4",
        MA_XU_TRI="1",
        NGAY_BAT_DAU_XU_TRI=ymd(today),
        NGAY_KET_THUC_XU_TRI=ymd(today + 27),
        MA_PHAC_DO_DIEU_TRI="1p",
        MA_BAC_PHAC_DO="1",
        SO_NGAY_CAP_THUOC_ARV="28",
        NGAY_CHUYEN_PHAC_DO=ymd(began + 200),
        LY_DO_CHUYEN_PHAC_DO="1",
    )
    return row


def tuberculosis_treatment(dossier: Dossier) -> dict[str, str]:
    """XML15: drug-sensitive disease in its first months.

    The portal's sheet marks the days of ARV and of cotrimoxazole as required, so every sixth
    patient with HIV has them; the others leave them blank, having neither.
    """
    today = day_of(dossier.stay.arrived)
    began = today - 15 - dossier.lot % 120
    has_hiv = dossier.lot % 6 == 0
    row = from_header("XML15", dossier.header)
    row.update(
        PHANLOAI_LAO_VITRI="1",
        PHANLOAI_LAO_TS="1",
        PHANLOAI_LAO_HIV="1" if has_hiv else "2",
        PHANLOAI_LAO_VK="1" if dossier.header["MA_BENH_CHINH"] == "A15.0" else "2",
        PHANLOAI_LAO_KT="1",
        LOAI_DTRI_LAO="2",
        NGAYBD_DTRI_LAO=ymd(began),
        PHACDO_DTRI_LAO="1",
        NGAYKT_DTRI_LAO="",
        KET_QUA_DTRI_LAO="6",
        NGAYKD_HIV=ymd(began - 10) if has_hiv else "",
        BDDT_ARV=ymd(began + 14) if has_hiv else "",
        NGAY_BAT_DAU_DT_CTX=ymd(began) if has_hiv else "",
    )
    return row
