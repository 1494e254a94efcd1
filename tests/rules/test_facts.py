"""Facts of an inventory that cannot be true, and ownership that mlgen must not take."""

from __future__ import annotations

import pytest

from generator.finding import Severity
from tests.rules.judging import broken, findings_in

NOTHING = "metadata: {revision: 2}"
HEAD = "metadata: {name: lab}\n"
MADE = "clusters: [{name: c, manage: create}]"


def _facts(text: str) -> dict[str, str]:
    return broken(NOTHING, HEAD + text)


@pytest.mark.parametrize(
    ("known", "text", "path"),
    [
        ("vcenters: [{ref: a}]", "libraries: [{name: l, vcenter: b}]", "libraries[l].vcenter"),
        ("switches: [{name: a}]", "networks: [{role: vsan, switch: b}]", "networks[0].switch"),
        (
            "datacenters: [{name: a}]",
            "clusters: [{name: c, datacenter: b}]",
            "clusters[c].datacenter",
        ),
        (
            "clusters: [{name: c, zone: a}]",
            "supervisors: [{ref: s, zones: [b]}]",
            "supervisors[0].zones[0]",
        ),
        (
            "clusters: [{name: a}]",
            "datastores: [{name: d, clusters: [b]}]",
            "datastores[d].clusters[0]",
        ),
        ("clusters: [{name: a}]", "zones: [{name: z, clusters: [b]}]", "zones[z].clusters[0]"),
        ("hosts: [{name: a}]", "occupancy: [{name: v, host: b}]", "occupancy[v].host"),
        ("clusters: [{name: a}]", "occupancy: [{name: v, cluster: b}]", "occupancy[v].cluster"),
    ],
)
def test_what_belongs_to_nothing_is_found(known: str, text: str, path: str) -> None:
    """For every kind of belonging."""
    assert _facts(f"{known}\n{text}") == {"MLG-F010": path}


def test_what_an_inventory_does_not_list_at_all_is_unknown() -> None:
    """A missing fact is an open question, not a contradiction."""
    text = "hosts: [{name: h, cluster: a}]\nclusters: [{name: a, datacenter: d, zone: z}]"
    assert _facts(text) == {}


def test_the_same_name_in_two_vcenters_is_two_objects() -> None:
    """In one it is a finding, whichever list it is in."""
    stores = "datastores: [{name: d, vcenter: a}, {name: d, vcenter: %s}]"
    text = f"vcenters: [{{ref: a}}, {{ref: b}}]\n{stores}"
    assert _facts(text % "b") == {}
    assert _facts(text % "a") == {"MLG-F011": "datastores[d].name"}


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("nvlink: bridge-pair, gpus: [%s, %s]", None),
        ("nvlink: bridge-pair, gpus: [%s, %s, %s]", "3 such GPU(s) cannot be grouped by 2"),
        ("nvlink: bridge-quad, gpus: [%s, %s, %s, %s]", "is linked to at most 1 other"),
        ("nvlink: nvswitch, gpus: [%s, %s]", "no GPU of its 2 can be linked so"),
        ("nvlink: none, gpus: [%s]", None),
    ],
)
def test_a_link_fits_its_gpus(host: str, problem: str | None) -> None:
    """In kind and in number."""
    gpus = host.replace("%s", "{model: nvidia-h100-pcie-80}")
    found = findings_in(NOTHING, f"{HEAD}hosts: [{{name: h, {gpus}}}]")
    assert [finding.rule for finding in found] == ["MLG-F021"] * (problem is not None)
    assert [finding for finding in found if (problem or "") not in finding.message] == []


def test_stated_partners_explain_an_odd_number() -> None:
    """One GPU of three is then on its own; a partner that is not there is a finding."""
    gpu = '{{model: nvidia-h100-pcie-80, pci: "0000:{0}:00.0"{1}}}'
    gpus = [
        gpu.format("17", ', nvlink_with: ["0000:65:00.0"]'),
        gpu.format("65", ""),
        gpu.format("ca", ""),
    ]
    host = "hosts: [{name: h, nvlink: bridge-pair, gpus: [%s]}]"
    assert _facts(host % ", ".join(gpus)) == {}
    assert _facts(host % ", ".join(gpus[:1])) == {"MLG-F021": "hosts[h].gpus[0].nvlink_with[0]"}


def test_an_unknown_gpu_is_kept_and_warned_of_once() -> None:
    """With the near row of the catalogue; what is said of it further cannot be judged."""
    gpu = "{model: nvidia-l40x, mode: mig, mixed_size: true}"
    text = f"{HEAD}hosts: [{{name: h, nvlink: bridge-pair, gpus: [{gpu}, {gpu}]}}]"
    (finding,) = findings_in(NOTHING, text)
    assert (finding.rule, finding.severity) == ("MLG-F020", Severity.WARNING)
    assert "nvidia-l40s" in finding.mend or "nvidia-l40" in finding.mend


def test_inline_hosts_are_judged_in_the_blueprint() -> None:
    """Where a site has no inventory, its place is the blueprint's."""
    from generator.blueprint.read import read_blueprint
    from generator.catalog import Catalog
    from generator.supply.read import Shelf
    from generator.supply.rules import judge
    from generator.supply.rules.subject import SiteFacts, Supplied
    from tests.rules.judging import subject

    gpu = '{model: nvidia-l4, pci: "0000:17:00.0"}'
    text = (
        f"storage_compute: {{sites: [{{name: edge, hosts: [{{name: h, gpus: [{gpu}, {gpu}]}}]}}]}}"
    )
    document, _ = subject(text.replace("edge", "here"))
    document.root["storage_compute"]["sites"][0].pop("inventory", None)
    blueprint = read_blueprint(document)
    facts = tuple(SiteFacts(i) for i in Shelf().sites(blueprint, document).inventories.values())
    (finding,) = judge(Supplied(blueprint, document, facts, Catalog.builtin()))
    assert finding.path == "storage_compute.sites[here].hosts[h].gpus[1].pci"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hosts: [{name: h, cluster: c, manage: create}]", {"MLG-F030": "hosts[h].manage"}),
        ("hosts: [{name: h, manage: reference}]", {}),
        ("switches: [{name: s, manage: adopt}]", {"MLG-F030": "switches[s].manage"}),
        ("datastores: [{name: d, manage: adopt}]", {"MLG-F032": "datastores[d].manage"}),
    ],
)
def test_f25_under_vcf_nothing_is_taken_from_sddc_manager(text: str, found: dict[str, str]) -> None:
    """A host is in the vCenter of its cluster; a datastore is looked up, not SDDC Manager's."""
    site = "vcenters: [{ref: v, lifecycle: vcf-5.2}]\nclusters: [{name: c, vcenter: v}]\n"
    assert _facts(site + text) == found


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (MADE, Severity.WARNING),
        ("clusters: [{name: c, shared: true, manage: create}]", Severity.ERROR),
        (f"{MADE}\nhosts: [{{name: h, cluster: c}}]", Severity.ERROR),
        (f"{MADE}\noccupancy: [{{name: v, cluster: c}}]", Severity.ERROR),
        ("datacenters: [{name: d, manage: create}]", Severity.WARNING),
        ("datastores: [{name: d, used: 1TiB, manage: create}]", Severity.ERROR),
        ("supervisors: [{ref: s, id: abc, manage: create}]", Severity.ERROR),
        ("networks: [{role: vsan, manage: create}]", Severity.WARNING),
        ("objects: [{kind: role, name: r, manage: create}]", Severity.WARNING),
    ],
)
def test_making_what_exists_already_is_worse_than_making_something(
    text: str, severity: Severity
) -> None:
    """A warning on an empty target, an error where something is known to be there."""
    (finding,) = [f for f in findings_in(NOTHING, HEAD + text) if f.rule == "MLG-F031"]
    assert (finding.rule, finding.severity) == ("MLG-F031", severity)


def test_what_mlgen_makes_by_itself_may_be_made() -> None:
    """Namespaces, tags, policies and adopted libraries are no finding."""
    text = "objects: [{kind: tag, name: t, manage: create}]\nlibraries: [{name: l, manage: adopt}]"
    assert _facts(text) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("network: nsx-vpc, load_balancer: nsx", "nsx-vpc with nsx"),
        ("network: vds, load_balancer: nsx", "vds with nsx"),
        ("network: vds", "not stated"),
        ("network: vds, load_balancer: foundation", "came with 9.0"),
    ],
)
def test_f19_a_supervisor_that_cannot_be_enabled_is_named_with_the_reason(
    text: str, said: str
) -> None:
    """None of them is left out in silence."""
    site = 'vcenters: [{ref: v, version: "8.0U3"}]\n'
    site += f"supervisors: [{{ref: s, vcenter: v, manage: create, {text}}}]"
    (finding,) = [f for f in findings_in(NOTHING, HEAD + site) if f.rule == "MLG-F033"]
    assert said in finding.message


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("switches: [{name: s, kind: vss, manage: create}]", "switches[s].kind"),
        ("datastores: [{name: d, manage: create}]", "datastores[d].manage"),
        ("objects: [{kind: identity-source, name: i, manage: create}]", "objects[i].manage"),
    ],
)
def test_what_nothing_here_makes_is_not_passed_over(text: str, path: str) -> None:
    """A wish without an effect is a finding."""
    found = [f for f in findings_in(NOTHING, HEAD + text) if f.rule == "MLG-F033"]
    assert [f.path for f in found] == [path]


def test_the_datastore_of_a_vsan_is_made_with_its_cluster() -> None:
    text = "datastores: [{name: d, kind: vsan-esa, manage: create}]"
    assert [f.rule for f in findings_in(NOTHING, HEAD + text)] == ["MLG-F031"]


def test_a_host_that_is_to_be_made_does_not_make_its_cluster_a_used_one() -> None:
    """F2: the target is empty as long as nothing is there."""
    site = f"{MADE}\nhosts: [{{name: h, cluster: c, manage: create}}]"
    found = [f for f in findings_in(NOTHING, HEAD + site) if f.path == "clusters[c].manage"]
    assert [f.severity for f in found] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("block", "text", "said"),
    [
        ("management", "{first: 10.0.0.40, count: 4}", "takes 5"),
        ("management", "{first: 10.0.9.40, count: 5}", "do not lie in 10.0.0.0/24"),
        ("management", "{first: 10.0.0.254, count: 5}", "do not lie in"),
        ("workload", "{first: 10.0.4.1, count: 5}", "10.0.4.1, the gateway"),
        ("virtual_ips", "{first: 10.0.4.20, count: 5}", "also those of workload"),
    ],
)
def test_f18_addresses_of_a_supervisor_are_enough_in_place_and_apart(
    block: str, text: str, said: str
) -> None:
    stated = {
        "management": "{first: 10.0.0.40, count: 5}",
        "workload": "{first: 10.0.4.10, count: 20}",
        block: text,
    }
    addresses = ", ".join(f"{name}: {value}" for name, value in stated.items())
    site = (
        "networks: [{role: management, cidr: 10.0.0.0/24, gateway: 10.0.0.1}, "
        "{role: workload, cidr: 10.0.4.0/24, gateway: 10.0.4.1}]\n"
        f"supervisors: [{{ref: s, addresses: {{{addresses}}}}}]"
    )
    found = [f for f in findings_in(NOTHING, HEAD + site) if f.rule == "MLG-F035"]
    assert any(said in f.message and f.path.endswith(block) for f in found)


def test_f25_a_cluster_of_sddc_manager_is_never_made() -> None:
    """The mend is the request sheet; nothing is rendered while the finding stands."""
    site = f"vcenters: [{{ref: v, lifecycle: vcf-9.0}}]\n{MADE.replace('c,', 'c, vcenter: v,')}"
    (finding,) = findings_in(NOTHING, HEAD + site)
    assert (finding.rule, finding.severity) == ("MLG-F030", Severity.ERROR)
    assert "request sheet" in finding.mend


@pytest.mark.parametrize("requests", ["sheet", "provider-input"])
def test_f25_a_host_may_be_asked_for_where_its_keeper_says_how(requests: str) -> None:
    """F25: then it is an order; adopting it, or a switch, stays a finding."""
    site = f"vcenters: [{{ref: v, lifecycle: vcf-9.0, requests: {requests}}}]\n"
    site += "clusters: [{name: c, vcenter: v}]\n"
    assert _facts(site + "hosts: [{name: h, cluster: c, manage: create}]") == {}
    adopted = _facts(site + "hosts: [{name: h, cluster: c, manage: adopt}]")
    assert adopted == {"MLG-F030": "hosts[h].manage"}
    made = _facts(site + "switches: [{name: s, vcenter: v, manage: create}]")
    assert made == {"MLG-F030": "switches[s].manage"}


def test_f25_the_way_to_ask_is_named() -> None:
    site = "vcenters: [{ref: v, lifecycle: vcf-9.0}]\nhosts: [{name: h, manage: create}]"
    (finding,) = findings_in(NOTHING, HEAD + site)
    assert "state requests on vCenter v" in finding.mend


ORDER = """
vcenters: [{ref: v, lifecycle: vcf-9.0, requests: %s}]
clusters: [{name: c, vcenter: v, manage: create}]
hosts: [%s]
datastores: [{name: d, clusters: [c], kind: %s}]
"""


@pytest.mark.parametrize(
    ("how", "hosts", "kind", "said"),
    [
        ("provider-input", 3, "vsan-esa", []),
        ("sheet", 2, "vsan-osa", ["ordered with 2 hosts, VCF takes 3 at least"]),
        ("provider-input", 2, "nfs3", []),
        ("provider-input", 1, "vmfs-fc", ["ordered with 1 hosts, VCF takes 2 at least"]),
        ("provider-input", 2, "vvol", ["on storage that the input cannot state"]),
        ("sheet", 2, "vvol", []),
    ],
)
def test_f25_an_order_is_one_that_vcf_can_carry_out(
    how: str, hosts: int, kind: str, said: list[str]
) -> None:
    listed = ", ".join(f"{{name: h{n}, cluster: c, manage: create}}" for n in range(hosts))
    found = [f.message for f in findings_in(NOTHING, HEAD + ORDER % (how, listed, kind))]
    assert [text in message for text, message in zip(said, found, strict=True)] == [True] * len(
        said
    )


def test_f25_nobody_is_asked_who_keeps_nothing() -> None:
    assert _facts("vcenters: [{ref: v, lifecycle: vsphere, requests: sheet}]") == {
        "MLG-F036": "vcenters[0].requests"
    }


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("mtu: 9000", ["9000 bytes"]),
        ("mtu: 1500", []),
        ("teaming: {policy: ip-hash, active: [u1]}", []),
        ("teaming: {policy: ip-hash, active: [u3]}", ["u3"]),
        ("teaming: {policy: ip-hash, active: [u1], standby: [u1]}", ["active and on standby"]),
    ],
)
def test_a_port_group_asks_no_more_than_its_switch_has(network: str, said: list[str]) -> None:
    site = "switches: [{name: s, mtu: 1500, uplinks: [u1, u2]}]\n"
    site += f"networks: [{{role: vsan, port_group: pg, switch: s, {network}}}]"
    found = [f.message for f in findings_in(NOTHING, HEAD + site) if f.rule == "MLG-F034"]
    assert len(found) == len(said)
    assert all(part in message for part, message in zip(said, found, strict=True))
