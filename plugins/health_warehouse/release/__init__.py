"""From dossiers that count to what readers see: built beside it, audited, exchanged as one whole.

due, pending, hours, size  is a build due, of how much, and when may it begin; feeds_of_models
                           are those whose changes count
project, fingerprints      what decides what a mart holds, beside deliveries; and of each model
full_builds, steps         must a build be full; what dbt is asked to do, without quiet_models
build, builders, turns     a build, its sessions, one run by hand after another; rebuild asks
                           for more, build_runs is what Airflow ran of it
dbt, dbt_sessions          dbt in this process, dbt_login by which login
candidates                 which build may be published
publish, rollback          the exchange of marts, and back; hold stops it, transaction is the one in
                           which it happens, statements and exchange what it does to one mart
releases, restatement      the record of each release; what differs between two
schema, catalogue          tables of `marts` made from contracts; what Postgres says of them
protection, row_security   which rows a login sees; reader_views is what other than plain ones see
shadows, current           what a release replaced; the row that names the present one
keys_view                  how tables are joined, as readers see it
former_marts               marts of an older version, for `warehouse upgrade`
former_models              what models that are gone left, for full builds
reader_documents           dbt's documents of what is published
metrics, mf                indicators by MetricFlow, whose command calls nobody
dictionary, mart_pages     pages of docs/, and closed_codes; shipped_queries are linked from them
staging_models             the models that read lists, from their contracts
exposures                  who reads which mart, for dbt
questions, answers         what the project answers, and its answer now; question_page is of docs/
"""
