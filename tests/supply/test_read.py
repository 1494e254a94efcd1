"""A blueprint's sites find their inventories."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.blueprint.extend import extended
from generator.blueprint.read import read_blueprint
from generator.finding import Finding, Refused
from generator.quantity import Quantity
from generator.source import Document, parse, read
from generator.supply.read import Shelf, Sites, read_site
from tests.blueprint.documents import HEAD, document, fixtures

SITE = """\
apiVersion: mlgen/v1alpha1
kind: SiteInventory
metadata: {name: ams1}
hosts:
  - {name: esx-01, cluster: gpu-a, memory: 1TiB, cpu: {sockets: 2}}
"""
TIB = Quantity(1 << 40)


def blueprint(*sites: str) -> str:
    """A blueprint with sites, line by line from line 8 on."""
    lines = "".join(f"    - {site}\n" for site in sites)
    return f"{HEAD}storage_compute:\n  sites:\n{lines}"


def found(text: str, folder: Path, *files: Path) -> Sites:
    """The sites of a blueprint that lies in ``folder``; ``files`` are those of ``--site``."""
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    (own,) = read(path)
    joint = extended(own)
    return Shelf(files).sites(read_blueprint(joint), joint)


def refusals(text: str, folder: Path, *files: Path) -> list[Finding]:
    """The findings about the sites of a blueprint."""
    with pytest.raises(Refused) as caught:
        found(text, folder, *files)
    return list(caught.value.findings)


def written(path: Path, text: str) -> Path:
    """``path`` after writing it."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_inventory_becomes_facts() -> None:
    """Every section of it."""
    site = read_site(*fixtures("site-inventory"))
    assert (len(site.hosts), len(site.networks), len(site.datastores)) == (4, 3, 2)
    assert site.hosts[0].gpus[0].model == "nvidia-h100-pcie-80"


def test_an_unknown_fact_stays_unknown() -> None:
    """Nothing is filled in: the plan asks for it."""
    site = read_site(document(SITE))
    assert (site.services.dns, site.hosts[0].nvlink, site.hosts[0].gpus) == ((), None, ())
    assert site.clusters == ()


def test_a_site_finds_its_inventory_beside_the_blueprint(tmp_path: Path) -> None:
    """By its name, not by that of the file."""
    written(tmp_path / "facts.yml", SITE)
    sites = found(blueprint("{name: amsterdam, inventory: ams1}"), tmp_path)
    assert sites.inventories["amsterdam"].hosts[0].memory_bytes == TIB
    assert Path(sites.documents["amsterdam"].file).name == "facts.yml"


def test_a_site_finds_its_inventory_in_a_named_file(tmp_path: Path) -> None:
    """Which counts before those beside the blueprint, also when it is named twice."""
    written(tmp_path / "beside.yaml", SITE.replace("1TiB", "2TiB"))
    named = written(tmp_path / "far" / "site.yaml", SITE)
    sites = found(blueprint("{name: s, inventory: ams1}"), tmp_path, named, named)
    assert sites.inventories["s"].hosts[0].memory_bytes == TIB


def test_a_site_finds_its_inventory_in_the_blueprints_own_file(tmp_path: Path) -> None:
    """A file may hold several documents."""
    own = blueprint("{name: s, inventory: ams1}")
    path = written(tmp_path / "both.yaml", f"{own}---\n{SITE}")
    joint, _ = read(path)
    assert "s" in Shelf().sites(read_blueprint(joint), joint).inventories


def test_a_site_of_a_base_finds_the_inventory_beside_the_base(tmp_path: Path) -> None:
    """Where its name was written."""
    (tmp_path / ".git").mkdir()
    base = "apiVersion: mlgen/v1alpha1\nkind: PlatformBlueprint\nstorage_compute:\n  sites:\n"
    written(tmp_path / "shared" / "base.yaml", base + "    - {name: s, inventory: ams1}\n")
    written(tmp_path / "shared" / "ams1.yaml", SITE)
    own = tmp_path / "own"
    own.mkdir()
    assert "s" in found(HEAD + "extends: [../shared/base.yaml]\n", own).inventories


def test_a_folder_is_read_once(tmp_path: Path) -> None:
    """Over all blueprints of one run."""
    written(tmp_path / "ams1.yaml", SITE)
    joint = parse(
        blueprint("{name: s, inventory: ams1}").encode(), file=str(tmp_path / "own.yaml")
    )[0]
    shelf = Shelf()
    first = shelf.sites(read_blueprint(joint), joint)
    (tmp_path / "ams1.yaml").unlink()
    assert shelf.sites(read_blueprint(joint), joint) == first


def test_other_files_of_the_folder_do_no_harm(tmp_path: Path) -> None:
    """Neither broken ones nor those that cannot be opened nor folders."""
    written(tmp_path / "ams1.yaml", SITE)
    written(tmp_path / "broken.yaml", "kind: SiteInventory\na: [")
    written(tmp_path / "word.yaml", "a: SiteInventory")
    written(tmp_path / "odd.yaml", "kind: SiteInventory\nmetadata: [ams1]")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.yaml").mkdir()
    assert "s" in found(blueprint("{name: s, inventory: ams1}"), tmp_path).inventories


def test_an_inventory_is_found_by_its_name_however_that_is_written(tmp_path: Path) -> None:
    escaped = SITE.replace("name: ams1", r'name: "\x61ms1"')
    site = written(tmp_path / "a.yaml", escaped)
    sites = found(blueprint("{name: ams, inventory: ams1}"), tmp_path)
    assert sites.documents["ams"].file == str(site)


def test_inventories_of_other_names_are_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may hold hundreds of sites."""
    written(tmp_path / "a.yaml", SITE)
    written(tmp_path / "b.yaml", SITE.replace("ams1", "fra2"))
    parsed: list[str] = []

    def noted(content: bytes, *, file: str) -> tuple[Document, ...]:
        parsed.append(Path(file).name)
        return parse(content, file=file)

    monkeypatch.setattr("generator.supply.read.parse", noted)
    found(blueprint("{name: ams, inventory: ams1}"), tmp_path)
    assert parsed == ["a.yaml"]


def test_inline_hosts_are_facts_like_any_other(tmp_path: Path) -> None:
    """Where no inventory is named."""
    sites = found(blueprint("{name: s, hosts: [{name: esx-01, memory: 1TiB}]}"), tmp_path)
    assert sites.inventories["s"].hosts[0].memory_bytes == TIB
    assert sites.documents == {}


def test_of_a_site_without_facts_nothing_is_known(tmp_path: Path) -> None:
    """Which is a question, not an error."""
    assert found(blueprint("{name: s}"), tmp_path) == Sites()


def test_inline_hosts_complete_the_inventory(tmp_path: Path) -> None:
    """Where the two agree: 1TiB is 1024GiB."""
    written(tmp_path / "ams1.yaml", SITE)
    host = "{name: esx-01, memory: 1024GiB, nvlink: none}"
    sites = found(blueprint(f"{{name: s, inventory: ams1, hosts: [{host}]}}"), tmp_path)
    (made,) = sites.inventories["s"].hosts
    assert (made.cluster, made.nvlink) == ("gpu-a", "none")


def test_facts_that_disagree_are_shown_at_both_places(tmp_path: Path) -> None:
    """One of the two is out of date."""
    written(tmp_path / "ams1.yaml", SITE)
    hosts = "[{name: esx-01, memory: 2TiB, cpu: {sockets: 1}}, {name: esx-09}]"
    told = {
        finding.path: (finding.message, [(p.line, Path(p.file).name) for p in finding.places])
        for finding in refusals(
            blueprint(f"{{name: s, inventory: ams1, hosts: {hosts}}}"), tmp_path
        )
    }
    both = [(8, "own.yaml"), (5, "ams1.yaml")]
    start = "storage_compute.sites[s].hosts"
    assert told == {
        f"{start}[esx-01].memory": ("'esx-01' differs from the inventory 'ams1'", both),
        f"{start}[esx-01].cpu.sockets": ("'esx-01' differs from the inventory 'ams1'", both),
        f"{start}[esx-09]": ("'esx-09' is not in the inventory 'ams1'", both),
    }


def test_a_file_that_may_not_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inventory may be in it."""

    def locked(*_: object) -> None:
        raise PermissionError

    joint = document(
        blueprint("{name: s, inventory: ams1}"), file=str(written(tmp_path / "own.yaml", ""))
    )
    wanted = read_blueprint(joint)
    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(Refused) as caught:
        Shelf().sites(wanted, joint)
    assert caught.value.findings[0].mend.endswith("could not be read: own.yaml")


@pytest.mark.parametrize(
    ("wanted", "mend"),
    [
        ("asm1", "did you mean ams1?"),
        (
            "tokyo",
            (
                "put its file beside the blueprint or name it with --site; known: ams1; "
                "could not be read: broken.yaml"
            ),
        ),
    ],
    ids=["near", "far"],
)
def test_an_unknown_inventory_is_told_with_the_known_ones(
    wanted: str, mend: str, tmp_path: Path
) -> None:
    """At the name that was not found."""
    written(tmp_path / "ams1.yaml", SITE)
    written(tmp_path / "broken.yaml", "kind: SiteInventory\na: [")
    (only,) = refusals(blueprint(f"{{name: s, inventory: {wanted}}}"), tmp_path)
    assert (only.rule, only.mend) == ("MLG-I001", mend)
    assert (only.places[0].line, only.places[0].column) == (8, 28)


def test_a_folder_without_any_inventory_says_what_to_do(tmp_path: Path) -> None:
    """Also for a blueprint that has no folder."""
    (only,) = refusals(blueprint("{name: s, inventory: ams1}"), tmp_path)
    assert only.mend == "put its file beside the blueprint or name it with --site"
    joint = document(blueprint("{name: s, inventory: ams1}"), file=str(tmp_path / "no" / "f.yaml"))
    with pytest.raises(Refused):
        Shelf().sites(read_blueprint(joint), joint)


def test_two_inventories_of_one_name_are_told_at_all_places(tmp_path: Path) -> None:
    """Neither wins by the order of files."""
    written(tmp_path / "one.yaml", SITE)
    written(tmp_path / "two.yaml", SITE)
    (only,) = refusals(blueprint("{name: s, inventory: ams1}"), tmp_path)
    assert only.rule == "MLG-I002"
    assert [Path(place.file).name for place in only.places] == ["own.yaml", "one.yaml", "two.yaml"]


def test_all_sites_are_judged_at_once(tmp_path: Path) -> None:
    """An ill-formed inventory is as much a finding as a missing one."""
    written(tmp_path / "ams1.yaml", SITE.replace("sockets: 2", "sockets: two"))
    sites = ("{name: a, inventory: ams1}", "{name: b, inventory: tokyo}")
    assert [f.rule for f in refusals(blueprint(*sites), tmp_path)] == ["MLG-S004", "MLG-I001"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "this is a PlatformBlueprint, not a SiteInventory"),
        ("a: 1", "this is no SiteInventory"),
        ("a: [", "did not find expected node content while parsing a flow node"),
    ],
    ids=["another", "none", "broken"],
)
def test_a_named_file_that_is_no_inventory_is_refused(
    text: str, message: str, tmp_path: Path
) -> None:
    """Whoever names a file means it."""
    file = written(tmp_path / "site.yaml", text)
    with pytest.raises(Refused) as caught:
        Shelf([file])
    assert [finding.message for finding in caught.value.findings] == [message]
