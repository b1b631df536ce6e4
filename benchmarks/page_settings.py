"""Aftercart's own settings with one more address: a view that does nothing, behind the same middleware."""

from __future__ import annotations

from aftercart.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.page_urls"
