{#- The columns of fct_claim_lines, which both line tables have, in its order. -#}
{% macro claim_line_columns(relation) -%}
{%- set columns = [
    'facility_key', 'encounter_key', 'claim_line_key', 'item_key', 'ordering_practitioner_key',
    'table_code', 'line_number', 'sent_line_number', 'cost_group_code', 'department_code',
    'scope_code', 'payment_method_code', 'registration_number', 'quantity', 'unit_price_vnd',
    'insurance_unit_price_vnd', 'service_pct', 'insurance_pct', 'benefit_pct',
    'billed_amount_vnd', 'in_scope_amount_vnd', 'fund_amount_vnd', 'copayment_amount_vnd',
    'own_amount_vnd', 'other_source_amount_vnd', 'ordered_at', 'performed_at', 'resulted_at',
] %}
    {%- for column in columns %}
    {{- relation }}.{{ column }}{{ ',\n    ' if not loop.last }}
    {%- endfor %},
    {{ shown_codes(relation ~ '.diagnosis_codes') }} as diagnosis_codes
{%- endmacro %}
