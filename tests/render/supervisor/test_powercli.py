"""The PowerCLI scripts, by an independent grammar: no interpreter of theirs runs here.

What a grammar can show is shown: that every call is of something that exists and has its number of
arguments, that no kind is forgotten, and that nothing is written before it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree_sitter import Node

from tests.render.powershell import faults, parsed
from tests.render.supervisor.apply_modules import part

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
SUPERVISOR = TEMPLATES / "supervisor"
PARTS = sorted(SUPERVISOR.glob("*.ps1"))
GPU = TEMPLATES / "gpu" / "apply.ps1"
MAINS = {"supervisor": SUPERVISOR / "apply.ps1", "gpu": GPU}

CMDLETS = frozenset(
    (
        "ConvertFrom-Json",
        "ConvertTo-Json",
        "ForEach-Object",
        "Get-AdvancedSetting",
        "Get-ChildItem",
        "Get-Cluster",
        "Get-Content",
        "Get-Datastore",
        "Get-EsxCli",
        "Get-SpbmCapability",
        "Get-SpbmCompatibleStorage",
        "Get-SpbmStoragePolicy",
        "Get-SpbmStoragePolicyComponent",
        "Get-Tag",
        "Get-TagAssignment",
        "Get-VM",
        "Get-VMHost",
        "Get-View",
        "Invoke-RestMethod",
        "Invoke-WebRequest",
        "Join-Path",
        "New-AdvancedSetting",
        "New-Item",
        "New-SpbmRule",
        "New-SpbmRuleSet",
        "New-SpbmStoragePolicy",
        "New-TagAssignment",
        "Remove-AdvancedSetting",
        "Remove-SpbmStoragePolicy",
        "Remove-TagAssignment",
        "Set-AdvancedSetting",
        "Set-Content",
        "Set-StrictMode",
        "Sort-Object",
        "Split-Path",
        "Start-Sleep",
        "Test-Path",
        "Where-Object",
        "Write-Output",
        "Write-Warning",
    )
)
"""Of PowerShell 7.4 and of VMware PowerCLI 13, as their references list them."""


def all_of(node: Node, kind: str) -> Iterator[Node]:
    """Every node of a kind, in order."""
    if node.type == kind:
        yield node
    for child in node.children:
        yield from all_of(child, kind)


def text_of(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def functions(*paths: Path) -> dict[str, Node]:
    """The functions of some files by name."""
    found = {}
    for path in paths:
        for node in all_of(parsed(path.read_text("utf-8")), "function_statement"):
            (name,) = (text_of(child) for child in node.children if child.type == "function_name")
            assert name not in found
            found[name] = node
    return found


def used_by(main: str) -> tuple[Path, ...]:
    """The files of a script: itself and what it takes in."""
    own = MAINS[main].read_text("utf-8")
    taken = re.findall(r"Join-Path \$\w+ '(\w+\.ps1)'", own)
    return (MAINS[main], *(SUPERVISOR / name for name in taken))


def calls(node: Node) -> Iterator[tuple[str, int]]:
    """Each command with the number of its arguments."""
    for command in all_of(node, "command"):
        names = [text_of(child) for child in command.children if child.type == "command_name"]
        elements = [
            e
            for child in command.children
            if child.type == "command_elements"
            for e in child.children
        ]
        if names:
            yield names[0], sum(e.type != "command_argument_sep" for e in elements)


@pytest.mark.parametrize("path", [*PARTS, GPU], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_part_parses(path: Path) -> None:
    """Every function of the text is one of the tree."""
    text = path.read_text("utf-8")
    assert faults(parsed(text)) == []
    assert len(functions(path)) == len(re.findall(r"^function ", text, re.MULTILINE))


def test_the_grammar_finds_an_error_where_there_is_one() -> None:
    assert faults(parsed(MAINS["supervisor"].read_text("utf-8") + "\nif ("))


@pytest.mark.parametrize("main", MAINS)
def test_every_command_exists(main: str) -> None:
    files = used_by(main)
    known = {*functions(*files), *CMDLETS, "."}
    called = {name for file in files for name, _ in calls(parsed(file.read_text("utf-8")))}
    assert sorted(called - known) == []


@pytest.mark.parametrize("main", MAINS)
def test_every_call_of_a_function_has_its_number_of_arguments(main: str) -> None:
    files = used_by(main)
    arity = {}
    for name, node in functions(*files).items():
        given = list(all_of(node, "script_parameter"))
        own = [p for p in given if p.parent is not None and p.parent.parent is not None]
        optional = sum(bool(list(all_of(p, "script_parameter_default"))) for p in own)
        arity[name] = range(len(own) - optional, len(own) + 1)
    wrong = [
        (file.name, name, count)
        for file in files
        for name, count in calls(parsed(file.read_text("utf-8")))
        if name in arity and count not in arity[name]
    ]
    assert wrong == []


def test_every_function_is_called() -> None:
    files = [*PARTS, GPU]
    called = {name for file in files for name, _ in calls(parsed(file.read_text("utf-8")))}
    assert sorted(set(functions(*PARTS)) - called) == []


@pytest.mark.parametrize("function", ["Get-State", "Get-Goal", "Set-State", "Undo-State"])
def test_every_kind_of_the_python_script_is_handled(function: str) -> None:
    """What is only looked at is never written, and so never taken back."""
    body = text_of(functions(SUPERVISOR / "kinds.ps1")[function])
    handled = set(re.findall(r"^        '([\w-]+)' \{", body, re.MULTILINE))
    script = part("apply")
    writing = function in ("Set-State", "Undo-State")
    assert handled == set(script.WRITTEN_KINDS if writing else script.ALL_KINDS)


def test_the_kinds_to_choose_from_are_those_of_the_python_script() -> None:
    (stated,) = re.findall(r"ValidateSet\((.*)\)", MAINS["supervisor"].read_text("utf-8"))
    assert set(re.findall(r"'([\w-]+)'", stated)) == set(part("apply").ALL_KINDS)


def test_f3_and_f10_only_namespaces_are_patched_and_none_is_deleted() -> None:
    found = functions(*PARTS)
    patching = {name for name, node in found.items() if "'PATCH'" in text_of(node)}
    assert patching == {"Set-List", "Undo-List", "Set-Share", "Undo-Share"}
    assert all("(Get-NamespacePath $Body)" in text_of(found[name]) for name in patching)
    deleting = {name for name, node in found.items() if "'DELETE'" in text_of(node)}
    assert deleting == {"Undo-State", "Close-Session", "Exit-VcenterLock"}
    targets = re.findall(r"'DELETE' (\(?[\w$-]+)", text_of(found["Undo-State"]))
    assert targets == ["$path", "(Get-ZonePath", "(Get-AccessPath"]


@pytest.mark.parametrize("main", MAINS)
def test_f10_and_f22_nothing_is_written_before_window_lock_and_journal(main: str) -> None:
    """And the lock goes back however the run ends."""
    run = text_of(functions(MAINS[main])["Invoke-Run"])
    order = ["-not $Apply", "Assert-Allowed", "Enter-VcenterLock", "New-Journal", "Write-Change"]
    places = [run.index(each) for each in order]
    assert places == sorted(places)
    assert re.search(r"finally \{ Exit-VcenterLock", run)
    own = MAINS[main].read_text("utf-8")
    assert own.index("Assert-SameVcenter $wanted") < own.index("Enter-LocalLock $state")
    assert re.search(r"finally \{ \$local\.Dispose\(\) \}", own)


@pytest.mark.parametrize("main", MAINS)
def test_f10_each_write_is_between_a_second_read_and_a_read_back(main: str) -> None:
    body = text_of(functions(MAINS[main])["Write-Change"])
    writes = {"supervisor": "Set-State", "gpu": "Set-Value"}[main]
    reads = {"supervisor": "Get-State", "gpu": "Get-Value"}[main]
    order = [reads, "in between: run again", "event = 'intent'", writes]
    order += [f"$after = {reads}", "event = 'done'"]
    places = [body.index(each) for each in order]
    assert places == sorted(places)


def test_f26_a_host_is_left_alone_while_its_gpus_are_in_use() -> None:
    """Both when it is set and when it is put back."""
    found = functions(GPU)
    hindrance = text_of(found["Get-Hindrance"])
    assert "Maintenance" in hindrance
    assert "Test-Holds" in hindrance
    assert "GraphicsInfo" in hindrance
    callers = {n for n, node in found.items() if "Get-Hindrance" in dict(calls(node))}
    assert callers == {"Get-Change", "Get-Return"}


def test_f16_every_setting_of_a_script_has_a_way_to_be_read_and_set() -> None:
    from generator.platform.gpu_settings import SCRIPTED

    found = functions(GPU)
    own = [setting for setting in SCRIPTED if not setting.startswith("graphics.")]
    for name in ("Get-Value", "Set-Value"):
        assert all(f"'{setting}'" in text_of(found[name]) for setting in own)
    graphics = [setting for setting in SCRIPTED if setting.startswith("graphics.")]
    for name in ("Get-Value", "Set-Graphics"):
        assert all(f"'{setting}'" in text_of(found[name]) for setting in graphics)


def test_windows_know_the_same_words_as_the_python_script() -> None:
    """Recurrences, days and reaches: what one reads the other must not refuse, or the reverse."""
    windows = part("windows")
    text = (SUPERVISOR / "windows.ps1").read_text("utf-8")
    days = re.search(r"\$script:days = (.*)", text)
    read = re.search(r"\$read = (.*)", text)
    reaches = re.search(r"\$script:reaches = (.*)", text)
    assert days
    assert read
    assert reaches
    assert set(re.findall(r"'(\w+)'", days[1])) == set(windows.DAYS)
    assert set(re.findall(r"'(\w+)'", read[1])) == set(windows.READ)
    assert tuple(re.findall(r"'(\w+)'", reaches[1])) == windows.REACHES
