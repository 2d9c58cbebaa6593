"""Every error the warehouse raises on purpose.

WarehouseError
├── ConfigurationError   a setting is wrong or missing; a person must act
│   └── ContractError    contracts of feeds say what nobody reads
├── SourceUnavailable    inbox, archive or database cannot be reached; retry
│   ├── SourceDenied     it answers, but refuses us or is not who it should be; a person must act
│   └── FileUnavailable  one file of it cannot be read now; its neighbours can
├── FileUnreadable       the sender's file breaks the envelope (the file is refused)
│   └── FileNotTaken     it is not broken: it is of a kind that nobody reads yet
├── CheckError           a rule could not be judged (state *error*); a person must act
├── BatchIncomplete      fewer rows in `raw` than the ledger says; a person must act
├── BuildFailed          dbt stopped; a person must act
├── ReleaseHeld          a critical mart rule failed, or publishing is on hold
└── PublishConflict      another publisher was faster; build again
"""

from __future__ import annotations

from collections.abc import Sequence


class WarehouseError(Exception):
    """Catch this at the edge. `retry` says whether trying again can help."""

    retry = False


class ConfigurationError(WarehouseError):
    pass


class ContractError(ConfigurationError):
    """Everything that is wrong in contracts of feeds; `problems`: each with its file and line."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class SourceUnavailable(WarehouseError):
    retry = True


class SourceDenied(SourceUnavailable):
    retry = False


class FileUnavailable(SourceUnavailable):
    pass


class FileUnreadable(WarehouseError):
    """The sender's file cannot be taken as a whole.

    `rule_id` is the rule of the standard that it breaks (F01, F03).
    The message is stored and shown: no value of a patient may be in it.
    """

    def __init__(self, rule_id: str, reason: str) -> None:
        super().__init__(f"{rule_id}: {reason}")
        self.rule_id = rule_id
        self.reason = reason


class FileNotTaken(FileUnreadable):
    """A file of a kind that the warehouse does not read yet; `kind` is a word for the ledger."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__("", reason)
        self.kind = kind

    def __str__(self) -> str:
        return self.reason


class CheckError(WarehouseError):
    pass


class BatchIncomplete(WarehouseError):
    pass


class BuildFailed(WarehouseError):
    pass


class ReleaseHeld(WarehouseError):
    pass


class PublishConflict(WarehouseError):
    retry = True
