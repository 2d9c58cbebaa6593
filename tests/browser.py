"""A headless Chromium of Debian's, driven by Playwright, for tests that look as a person does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from debian_packages import programs


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, closed at the end. As root it runs without its sandbox, which refuses root."""
    found = programs("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path("chromium"),
            env={**os.environ, **found.environment},
            chromium_sandbox=os.geteuid() != 0,
        )
        try:
            yield browser
        finally:
            browser.close()
