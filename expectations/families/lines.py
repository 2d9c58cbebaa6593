"""L: cost lines and money."""

from expectations.landing import (
    l01_line_arithmetic,
    l01_other_sources,
    l02_header_totals,
    l02_monthly_form,
    l02_treatment_days,
    l03_out_of_scope,
    l04_rates,
    l05_tender,
    l06_transport,
    l07_performed,
    l08_beds,
    l09_short_stays,
    l10_device_package,
    l13_duplicates,
    l14_unpriced_codes,
)
from expectations.rules.family import Family

FAMILY = Family(
    letter="L",
    title_vi="Dòng chi phí và tiền",
    title_en="Cost lines and money",
    rules=(
        l01_line_arithmetic.RULE,
        l01_other_sources.RULE,
        l02_header_totals.RULE,
        l02_monthly_form.RULE,
        l02_treatment_days.RULE,
        l02_treatment_days.LONG_TERM,
        l03_out_of_scope.RULE,
        l04_rates.RULE,
        l05_tender.RULE,
        l06_transport.RULE,
        l07_performed.RULE,
        l08_beds.RULE,
        l08_beds.ALONE,
        l09_short_stays.RULE,
        l10_device_package.RULE,
        l13_duplicates.RULE,
        l13_duplicates.ONE_TABLE,
        l14_unpriced_codes.RULE,
    ),
)
