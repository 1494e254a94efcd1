"""The verbs as functions: what the command line calls, for programs.

This module joins the rooms; it computes nothing itself. Everything that reads files is in ``load``
and ``validate``; the rest is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.blueprint import Blueprint, WorkloadRequest
from generator.catalog import Catalog
from generator.finding import Finding, Refused, Rule, Severity, in_order
from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.render.target import RenderedFile
from generator.source import Document
from generator.supply import SiteFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A blueprint with the facts of its sites and the catalogue that it sees."""

    blueprint: Blueprint
    document: Document
    sites: tuple[SiteFacts, ...]
    catalog: Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What a project needs and where it goes, with the whole ledger and all findings."""

    plan: Plan
    state: DesiredState
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A platform's files, and the state and plan behind them."""

    state: DesiredState
    plan: Plan
    files: tuple[RenderedFile, ...]
