"""docs/questions.md: what the project answers, and by which query. Pure: from `questions/`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from health_warehouse.release.questions import Question

_HEAD = """\
# Questions and their answers

<!-- Written by scripts/write_data_pages.py from questions/; a test fails when it is stale. -->

What health departments ask, each with the query that answers it from `marts`, as a plain reader.
`warehouse ask` lists them, `warehouse ask NAME` prints the answer with its release (`--lang vi`,
`--json`).

To add one, write `questions/<name>.sql`, which begins with a comment that asks it, and
`questions/<name>.yml` beside it with the need, title and explanation in both languages; then its
expected value, computed another way, into `tests/integration/answers/test_questions.py`. `make fix`
writes this page.
"""


def page(questions: Sequence[Question]) -> str:
    """The whole file."""
    return _HEAD + "".join(part for one in questions for part in _question(one))


def _question(question: Question) -> Iterator[str]:
    marts = ", ".join(f"[{mart}](marts/{mart}.md)" for mart in question.query.marts)
    yield f"\n## {question.name}\n\n"
    yield f"**{question.title['en']}** {question.explanation['en']}\n\n"
    yield f"**{question.title['vi']}** {question.explanation['vi']}\n\n"
    yield f"Need: {question.need}. Reads {marts}. Query: [{question.query.path.name}]"
    yield f"(../questions/{question.query.path.name}).\n"
