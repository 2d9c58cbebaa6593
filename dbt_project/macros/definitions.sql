{#- Definitions that figures share, each written once. docs/glossary.md says them in words. -#}

{#- An inpatient: type of care (MA_LOAI_KCB) 03 inpatient, 04 day inpatient, 09 inpatient of less than
    4 hours. Type 06, a stay at a commune station, is none. QĐ 824/QĐ-BYT 2023. -#}
{% macro is_inpatient(care_type_code) -%}
    coalesce({{ care_type_code }} in ('03', '04', '09'), false)
{%- endmacro %}

{#- A claim line that charges a bed: cost group (MA_NHOM) 14 day bed, 15 inpatient bed, 16 bed of a
    stay. Its quantity is days. -#}
{% macro is_bed(cost_group_code) -%}
    {{ cost_group_code }} in ('14', '15', '16')
{%- endmacro %}

{#- The last day on which a visit can keep an appointment. -#}
{% macro appointment_ends(appointment_date) -%}
    ({{ appointment_date }} + {{ var("appointment_late_days") }})
{%- endmacro %}

{#- An admission that was planned: by an appointment slip (MA_DOITUONG_KCB 1.5), for day care
    (MA_LOAI_KCB 04), or for care that is given in rounds: dialysis, rehabilitation, chemotherapy and
    radiotherapy (ICD-10 Z49 to Z51). The definition is ours: no Vietnamese text was found. -#}
{% macro is_planned(eligibility_code, care_type_code, diagnosis_code) -%}
    coalesce(
        {{ eligibility_code }} = '1.5'
        or {{ care_type_code }} = '04'
        or left({{ diagnosis_code }}, 3) in ('Z49', 'Z50', 'Z51'),
        false
    )
{%- endmacro %}

{#- Care that ended in a transfer, for a professional reason or on request (MA_LOAI_RV 2, 5). -#}
{% macro is_sent_on(discharge_type_code) -%}
    coalesce({{ discharge_type_code }} in ('2', '5'), false)
{%- endmacro %}

{#- Insured: MA_DOITUONG_KCB is other than 9, not insured. -#}
{% macro is_insured(eligibility_code) -%}
    coalesce({{ eligibility_code }} <> '9', true)
{%- endmacro %}

{#- Outside the place of registration, without a slip, an appointment or an emergency, by the object
    (MA_DOITUONG_KCB) that the facility gave: the rows of QĐ 3276/QĐ-BYT 2025 for outpatients and
    inpatients at basic and specialised level that no right precedes (1.12 to 1.15, 1.18, 3.*), and the
    off-route ones of QĐ 824/QĐ-BYT 2023. Diseases that may go there directly (1.16, 1.17) are none. Which
    objects count is our reading. -#}
{% macro is_bypass(eligibility_code) -%}
    {{ eligibility_code }} in ('1.12', '1.13', '1.14', '1.15', '1.18')
    or {{ eligibility_code }} like '3.%'
{%- endmacro %}
