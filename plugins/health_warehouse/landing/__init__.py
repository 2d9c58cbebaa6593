"""From a file that a sender left to dossiers that count: archived, read, judged, settled.

ingest                     the whole way: archive and load file by file, then judge the batch once
inbox, search, places      what lies in the inbox: listed, opened; inbox_connection, sftp_inbox and
                           s3_inbox are where it may be, file_kinds what of it is taken
delivery                   one object of the inbox
intake, bundles            a delivery to files; zip_bundle and gzip_bundle unpack
archive, receipt_manifest  bytes by hash, and what the bytes do not say
receipts, senders, clock   what was received before, by whom, and when it counts as received
load, reading              one file into `raw` in one transaction; exchange is a part of that,
                           file_lock its claim; claims has what is of dossiers alone
judging                    the landing suite on new files, and what follows from it
routing                    which feed takes a file; taken_up: whether it has tables here
feed_rows, copying         rows of other feeds; feed_keys and partitions say what they are of,
                           further_receipts what bytes that came again speak for
documents, document_settlement  which version of a document counts, of any feed; its parts are
                           standing_deliveries (lists that shrink) and predecessors (what a version
                           would replace); settling: one at a time
decisions, findings        what waits for a person; what was found
ledger                     what became of every file
arrivals, asked            what waits, by feed; which of it a run is asked to take
batches, listings, titles  files handed from task to task, and what the task is called
rhythm                     who sends, since when and how often
owing, expected            who owes what, for which period and until when
delivery_days, delivery_states  what a delivery is of; what came of what is owed
dry_run, guessed_contract   a file tried before it is sent; a contract begun from one
quarantined_files          of each file, how many dossiers are quarantined and by which rules
read_again, reingest       archived files once more, by today's parser and rules
replay, scope              an archive into an empty warehouse; a part of what was delivered
"""
