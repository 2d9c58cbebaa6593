"""What the marts publish in the form of a code is judged by a rule, and so told to its sender."""

from __future__ import annotations

import re

from expectations.landing.k04_forms_of_codes import FORMS
from health_warehouse.settings import PROJECT_DIR

_STAGING = PROJECT_DIR / "dbt_project" / "models" / "staging"
_PUBLISHED = re.compile(r"coded\([^']*'\w+\.(\w+)'[^']*'(\w+)'\)")
_JUDGED_BY_OTHERS = {
    ("MA_DOITUONG_KCB", "eligibility"),  # C04
    ("MA_LOAI_KCB", "care"),  # K03
    ("MATINH_CU_TRU", "place"),  # K03
    ("MAXA_CU_TRU", "place"),  # K03
    ("MA_PTTT_QT", "procedures"),  # I03
    ("STT", "line"),  # K02_number
}


def test_every_code_that_marts_publish_is_judged_in_the_same_form() -> None:
    published = {
        (name.upper(), form)
        for model in _STAGING.rglob("*.sql")
        for name, form in _PUBLISHED.findall(model.read_text(encoding="utf-8"))
    }
    judged = {pair for fields in FORMS.values() for pair in fields.items()}
    assert len(published) > 20
    assert published - judged == _JUDGED_BY_OTHERS
