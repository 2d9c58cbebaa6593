"""What works for every feed names none: feeds are known by their contracts.

Looked at is code: imports, and texts that are no docstring. A text names a feed that is its name,
quotes it ('claims'), or has a table or model of it. Sentences for people are not looked at.
"""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from health_warehouse.feeds.catalogue import built_in
from parsed_dags import PROJECT

_PACKAGE = PROJECT / "plugins" / "health_warehouse"
_GENERIC = (
    "alerting", "backup", "doctor", "feeds", "landing", "maintenance", "orchestration", "privacy",
    "quality", "readers", "release",
)  # fmt: skip
# Of one source by their names.
_OF_A_FEED = ("landing/claims/", "readers/check_ins_xml.py", "readers/claims_xml.py")
_NAMED_ON_PURPOSE = {
    "feeds/contract.py": "readers by name: which of them give rows; a reader could say so itself",
    "feeds/field_lists.py": "`fields: claims` takes the columns from the list of the standard",
    "landing/decisions.py": "versions of dossiers wait for decisions, as lists do",
    "landing/findings.py": "a finding is told with the number of its dossier",
    "landing/judging.py": "dossiers get their verdict beside rows, in one transaction",
    "landing/load.py": "rows that removal took are brought back when a file comes again",
    "landing/owing.py": "the registry says which facilities there are to owe anything",
    "landing/quarantined_files.py": "counts quarantined dossiers, not rows",
    "landing/reading.py": "one transaction writes claims, or the rows of any other feed",
    "landing/routing.py": "files of the insurer's standard are told apart by their content",
    "maintenance/former_readings.py": "removes former readings of dossiers and of rows",
    "maintenance/superseded_rows.py": "removes rows of superseded dossiers, and of no other feed",
    "orchestration/tags.py": "DAGs of claims have a tag of their own",
    "orchestration/time_limits.py": "the limit of a build grows with the dossiers that changed",
    "privacy/person_key.py": "the key of a dossier is that of a document of the feed claims",
    "privacy/vault.py": "looks a person up by the header of a dossier",
    "quality/gate_message.py": "places of a held release are told by dossier",
    "quality/places.py": "places of a held release are those of dossiers",
    "quality/relations.py": "rules that compare dossiers",
    "readers/json_lines.py": "what a file says of itself is declared beside the parser of claims",
    "readers/protocol.py": "what a file says of itself is declared beside the parser of claims",
    "readers/registry.py": "the readers of the insurer's standard have their places in it",
    "readers/table/rows.py": "what a file says of itself is declared beside the parser of claims",
    "release/pending.py": "changed dossiers are counted beside changed documents",
    "release/rebuild.py": "a dossier is built again by its number",
    "release/size.py": "the size of a warehouse is that of its claim lines",
    "release/staging_models.py": "check-ins have a staging model written by hand",
}
"""Modules that name a feed all the same, and why. This list may only shrink."""
_OTHER_WORDS = {
    "privacy/key_state.py": {"rotation"},  # of the person key
}
_FEEDS = "|".join(sorted(built_in()))
_NAMES = re.compile(
    rf"""
    \A(?P<whole>{_FEEDS})(?:_xml)?\Z
    |'(?P<quoted>{_FEEDS})'
    |\b(?:raw|feeds)\.(?P<table>{_FEEDS})(?:_\w+)?\b
    |\b(?:stg|int)_(?:lists__)?(?P<model>{_FEEDS})(?:__|\b)
    |[/:](?P<place>{_FEEDS})\b
    |\bops\.(?P<ledger>dossier_versions|dossier_changes|current_dossiers|version_states)\b
    """,
    re.VERBOSE,
)
_PACKAGES_OF_A_FEED = re.compile(
    rf"health_warehouse\.(sources\.(?:{_FEEDS})|landing\.claims|readers\.(?:{_FEEDS})_xml)\b"
)


def named_in(code: str) -> set[str]:
    """Feeds, and the packages and ledger tables of a feed, that a module names."""
    tree = ast.parse(code)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            for match in _NAMES.finditer(node.value):
                found |= {name for name in match.groups() if name}
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {match[1] for each in modules if (match := _PACKAGES_OF_A_FEED.match(each))}
    return found


@cache
def _naming() -> dict[str, set[str]]:
    """Generic modules that name a feed, and what they name."""
    paths = sorted(path for folder in _GENERIC for path in (_PACKAGE / folder).rglob("*.py"))
    assert len(paths) > 150
    found = {}
    for path in paths:
        module = path.relative_to(_PACKAGE).as_posix()
        if not module.startswith(_OF_A_FEED):
            names = named_in(path.read_text(encoding="utf-8"))
            if names := names - _OTHER_WORDS.get(module, set()):
                found[module] = names
    return found


def test_no_other_module_names_a_feed() -> None:
    new = {module: names for module, names in _naming().items() if module not in _NAMED_ON_PURPOSE}
    assert not new, f"ask the contract, or move it to where the feed's own modules are: {new}"


def test_the_list_of_exceptions_shrinks() -> None:
    gone = sorted(_NAMED_ON_PURPOSE.keys() - _naming().keys())
    assert not gone, f"they name no feed any more: strike {gone} from the list"


def test_every_exception_says_why() -> None:
    assert all(len(why) > 10 for why in _NAMED_ON_PURPOSE.values())


@pytest.mark.parametrize(
    "code",
    [
        "feed = 'claims'",
        "of_posts = text(\"select from ops.files where kind = 'posts'\")",
        "rows = f'select {x} from raw.claims_xml1'",
        "rows = 'select * from feeds.population'",
        "table = 'raw.check_ins'",
        "built = 'intermediate.int_claims__current_versions'",
        "models = ['stg_lists__workforce']",
        "asset = Asset('warehouse://claims')",
        "reader = 'check_ins_xml'",
        "gone = 'delete from ops.current_dossiers'",
        "from health_warehouse.sources.claims.dossier import Dossier",
        "from health_warehouse.landing.claims import keys",
    ],
)
def test_a_name_of_a_feed_is_seen(code: str) -> None:
    assert named_in(code)


@pytest.mark.parametrize(
    "code",
    [
        '"""Facilities that send claims."""',
        "raise ValueError('it claims to have been received later; posts follow')",
        "kind = 'claims_of_others'",
        "from health_warehouse.landing.documents import settle_documents",
        "rows = 'select feed from ops.document_versions, raw.practitioners'",
    ],
)
def test_other_words_are_no_name_of_a_feed(code: str) -> None:
    assert not named_in(code)
