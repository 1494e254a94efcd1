"""Reads by REST: tags, libraries and everything about Supervisors."""

from __future__ import annotations

from generator.roles.model import Read

_CLASSES = "/api/vcenter/namespace-management/virtual-machine-classes"
_NAMESPACES = "/api/vcenter/namespaces/instances"
_ZONES = "/api/vcenter/consumption-domains/zones"
_SUPERVISORS = "/api/vcenter/namespace-management/supervisors"
_CLUSTERS = "/api/vcenter/namespace-management/clusters"
_SOFTWARE = "/api/vcenter/namespace-management/software/clusters"
_TAGGING = (("/api/cis/tagging", "/", "?"), ("/rest/com/vmware/cis/tagging", "/id:", "?~"))
_OF_CATEGORY = (
    "POST /api/cis/tagging/tag?action=list-tags-for-category",
    "POST /rest/com/vmware/cis/tagging/tag/id:{category}?~action=list-tags-for-category",
)
_CONTENT = (("/api/content", "/"), ("/rest/com/vmware/content", "/id:"))

REST_READS = (
    Read(
        kind="tag",
        fields="categories, tags and what carries them",
        calls=_OF_CATEGORY
        + tuple(
            name
            for base, by, ask in _TAGGING
            for name in (
                f"GET {base}/category",
                f"GET {base}/category{by}{{category}}",
                f"GET {base}/tag",
                f"GET {base}/tag{by}{{tag}}",
                f"POST {base}/tag-association{by}{{tag}}{ask}action=list-attached-objects",
                f"POST {base}/tag-association{ask}action=list-attached-tags",
                f"POST {base}/tag-association{ask}action=list-attached-tags-on-objects",
                f"POST {base}/tag-association{ask}action=list-attached-objects-on-tags",
            )
        ),
        always=True,
        leaves=("tag-category", "tag"),
    ),
    Read(
        kind="content-library",
        fields="libraries and their items",
        calls=tuple(
            name
            for base, by in _CONTENT
            for name in (
                f"GET {base}/library",
                f"GET {base}/library{by}{{library}}",
                f"GET {base}/library/item?library_id={{library}}",
                f"GET {base}/library/item{by}{{item}}",
            )
        ),
        always=True,
        leaves=("content-library",),
    ),
    Read(
        kind="vm-class",
        fields="all fields, in both forms",
        calls=(f"GET {_CLASSES}", f"GET {_CLASSES}/{{class}}"),
        leaves=("vm-class",),
    ),
    Read(
        kind="namespace",
        fields="quotas, classes, libraries and policies",
        calls=(
            f"GET {_NAMESPACES}", f"GET {_NAMESPACES}/{{namespace}}", f"GET {_NAMESPACES}/v2",
            f"GET {_NAMESPACES}/v2/{{namespace}}",
        ),
        leaves=("namespace",),
    ),
    Read(
        kind="access",
        fields="roles of groups in namespaces",
        calls=(f"GET {_NAMESPACES}/{{namespace}}/access/{{domain}}/{{subject}}?type={{type}}",),
        leaves=("namespace.access",),
    ),
    Read(
        kind="zone",
        fields="zones, their clusters and what they keep",
        calls=(
            f"GET {_ZONES}", f"GET {_ZONES}/{{zone}}",
            f"GET {_ZONES}/cluster/{{zone}}/associations",
            f"GET {_SUPERVISORS}/{{supervisor}}/zones/bindings",
        ),
        always=True,
        leaves=("zone",),
    ),
    Read(
        kind="supervisor",
        fields="clusters with a Supervisor, their state, settings, version and zones",
        calls=(
            f"GET {_CLUSTERS}", f"GET {_CLUSTERS}/{{cluster}}", f"GET {_SOFTWARE}",
            f"GET {_SOFTWARE}/{{cluster}}", f"GET {_SUPERVISORS}/{{supervisor}}/zones/bindings",
            f"GET {_SUPERVISORS}/{{supervisor}}/identity/providers", f"GET {_NAMESPACES}/v2",
        ),
        always=True,
        leaves=("supervisor",),
    ),
    Read(
        kind="supervisor",
        fields="the Supervisor's own name, summary and topology",
        calls=(
            f"GET {_SUPERVISORS}/summaries", f"GET {_SUPERVISORS}/{{supervisor}}/summary",
            f"GET {_SUPERVISORS}/{{supervisor}}/topology",
        ),
    ),
)  # fmt: skip
