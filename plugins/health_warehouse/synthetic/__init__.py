"""A fictional province that sends claim files in the real format, with labelled defects.

Public: `generator.generate`, `generator.plan`, `options.Options`, `defects.KINDS`. `world` is all
that is true of the province; `lists` are the files of the other feeds, written from it.

Written from the standard (QĐ 4750/QĐ-BYT with 3176 and 1931), never from the code that reads the
files: nothing here imports ingestion, and nothing in ingestion knows of it. Only the order of the
elements comes from `sources/claims/fields.csv`, and labels of lists from the contracts. People,
prices and events are invented.

generator, options         a province into a folder, and what is asked of it
capacities, activity       who treats where and how many beds; what was done in a month
province, geography        facilities and communes; people and covers live there; newborns too
schedule, stories          which dossier closes where and when, and how often it is sent
encounters, stays          one episode of care, in time; diagnoses why, discharges how it ends
orders, catalogue          what is ordered; formulary, pricing and lines what it costs
attachments                further tables of a dossier: papers, slips, results, programmes
check_ins                  who came on one day
deliveries, vendors        dossiers to files, as the software of a vendor writes them
envelope, layouts, letters the spelling: tables, rows and templates fill it in
defects, defects_of_lines  the kinds of defects; kinds says what one is, kinds_page lists them
injection, injected        which dossier gets which, and the labels that say so
recent                     which dossier gets which; who was where a short while ago
breaches_of_amounts, breaches_of_headers, breaches_of_lines, breaches_of_parts,
breaches_of_persons, breaches_of_stays, breaches_of_tables, breaches_of_times
                           what each kind does to a dossier
moments, streams           time as minutes; random numbers that are the same on every machine
whole_files                files that are there whole or not at all
"""
