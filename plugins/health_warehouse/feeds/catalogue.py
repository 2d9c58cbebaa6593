"""All contracts of a warehouse: ours, and those of its province.

A province's lie in the folder WAREHOUSE_FEEDS, as `<feed>.yml` or `<feed>/contract.yml`. A file
there that has the name of one of ours changes single keys of it; the rest stays ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from health_warehouse.errors import ConfigurationError, ContractError
from health_warehouse.feeds.contract import Contract
from health_warehouse.feeds.merge import merged
from health_warehouse.feeds.problem import Problem, shown, write_one_of
from health_warehouse.feeds.read import read_contract
from health_warehouse.feeds.sense_between import problems_between
from health_warehouse.feeds.tree import LARGEST, Node, read_tree
from health_warehouse.settings import Settings

_OURS = Path(__file__).parent
_FILE = "contract.yml"


class _Source(NamedTuple):
    feed: str
    path: Path
    content: bytes


def catalogue(settings: Settings) -> Mapping[str, Contract]:
    """Every contract by the name of its feed.

    Read anew when a byte has changed, and otherwise not. Raises ContractError that names everything
    that is wrong in all files, and ConfigurationError when the folder cannot be read.
    """
    read = examine(settings.feeds)
    if read.problems:
        raise ContractError(read.problems)
    return read.contracts


@cache
def built_in() -> Mapping[str, Contract]:
    """Our contracts, without what a province has otherwise."""
    return _read_all((), ()).contracts


def contract_of(settings: Settings, feed: str) -> Contract:
    """One of them. Raises as `catalogue`, and ConfigurationError when there is none."""
    contracts = catalogue(settings)
    if feed not in contracts:
        raise ConfigurationError(
            f"no contract describes the feed {shown(feed)}: {write_one_of(feed, contracts)}"
        )
    return contracts[feed]


class _Read(NamedTuple):
    contracts: Mapping[str, Contract]
    problems: tuple[Problem, ...]


def examine(folder: Path | None) -> _Read:
    """The contracts that can be read of ours and of a folder, and what is wrong with the others.

    Raises ConfigurationError when the folder or a file cannot be read.
    """
    sources, problems = _listed(folder) if folder is not None else ([], [])
    return _read_all(tuple(sources), tuple(problems))


def examine_paths(paths: Iterable[Path], folder: Path | None) -> _Read:
    """Files and folders as if they lay in WAREHOUSE_FEEDS; only they are told of. `folder`: whose
    feeds they may refer to. Raises as `examine`."""
    sources: list[_Source] = []
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            more, wrong = _listed(path)
            sources += more
            problems += wrong
        else:
            sources.append(_source(path))
            problems += _misnamed(path)
    beside = _listed(folder)[0] if folder is not None else []
    feeds = {source.feed for source in sources}
    read = _read_all(tuple(sources), tuple(problems), frozenset(one.feed for one in beside))
    return _Read(
        {feed: contract for feed, contract in read.contracts.items() if feed in feeds},
        read.problems,
    )


def problems_of_ours() -> list[Problem]:
    """What is wrong with contracts that we ship, which are read without being looked at."""
    return [
        problem for tree in _our_trees().values() for problem in read_contract(tree)[1]
    ]  # fmt: skip


@lru_cache(maxsize=8)
def _read_all(
    sources: tuple[_Source, ...],
    problems: tuple[Problem, ...],
    other_feeds: frozenset[str] = frozenset(),
) -> _Read:
    found = list(problems)
    contracts: dict[str, Contract] = {}
    trees = dict(_our_trees())
    said: dict[str, Path] = {}
    for source in sources:
        if source.feed in said:
            message = f"{said[source.feed]} is a contract of {source.feed} too: delete one of them"
            found.append(Problem(source.path, 1, message))
            continue
        said[source.feed] = source.path
        found += _take(source, trees, contracts)
    for feed in trees.keys() - said.keys():
        contract, _ = read_contract(trees[feed], is_ours=True)
        assert contract is not None  # noqa: S101 - nothing is looked at
        contracts[feed] = contract
    found += problems_between(contracts, trees, trees.keys() | said.keys() | other_feeds)
    in_order = {feed: contracts[feed] for feed in sorted(contracts)}
    return _Read(MappingProxyType(in_order), tuple(sorted(set(found))))


def _take(source: _Source, trees: dict[str, Node], contracts: dict[str, Contract]) -> list[Problem]:
    """Add a contract and its tree; returns what is wrong with it."""
    tree, problems = read_tree(source.path, source.content)
    if tree is None:
        return problems
    problems += _of_the_name(source, tree)
    overridden: Mapping[str, Path] = {}
    ours = trees.get(source.feed)
    if ours is not None:
        tree, overridden, fixed = merged(ours, tree)
        problems += fixed
    contract, wrong = read_contract(tree, overridden=overridden)
    problems += wrong
    if contract is not None and not problems:
        trees[source.feed], contracts[source.feed] = tree, contract
    return problems


def _of_the_name(source: _Source, tree: Node) -> list[Problem]:
    written = tree.at("feed").value
    if not isinstance(written, str) or written == source.feed:
        return []
    message = f"the file is called {shown(source.feed)}: write `feed: {source.feed}`, or rename it"
    return [tree.problem(message, "feed")]


@cache
def _our_trees() -> Mapping[str, Node]:
    trees = {}
    for path in sorted(_OURS.glob(f"*/{_FILE}")):
        tree, _ = read_tree(path, path.read_bytes())
        assert tree is not None, path  # noqa: S101 - a test reads ours as strictly as theirs
        trees[path.parent.name] = tree
    return trees


def _listed(folder: Path) -> tuple[list[_Source], list[Problem]]:
    """Contracts of a folder, and files that only look like some."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigurationError(
            f"WAREHOUSE_FEEDS is {folder}, which cannot be read ({error.strerror}): name a folder "
            "of contracts, or unset it"
        ) from None
    sources, problems = [], []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        for path in (entry, entry / _FILE, entry / "contract.yaml"):
            if path.suffix == ".yml" and path.is_file():
                sources.append(_source(path))
            elif path.suffix == ".yaml" and path.is_file():
                problems += _misnamed(path)
    return sources, problems


def _misnamed(path: Path) -> list[Problem]:
    if path.suffix == ".yml":
        return []
    return [Problem(path, 1, f"it is not read: call it {path.with_suffix('.yml').name}")]


def _source(path: Path) -> _Source:
    feed = path.absolute().parent.name if path.name == _FILE else path.stem
    try:
        with path.open("rb") as file:
            return _Source(feed, path, file.read(LARGEST + 1))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror})") from None
