"""Single changes to the DirectPath profiles of a vCenter of VCF 9, by the control (F30)."""

from __future__ import annotations

from tests.acceptance.furnished import put
from tests.acceptance.mutation import Mutation, Value

KIND = "direct-path-profile"
MANAGER = "DirectPathProfileManager:DirectPathProfileManager"
DEVICE, OTHER = "nvidia_h100xm-40c", "nvidia_h100xm-80c"
NAME, OTHER_NAME = "vcf9-h100xm-40c", "vcf9-h100xm-80c"
DESCRIBED = (
    "mlgen:vcf9/direct-path-profile/vcf9-h100xm-40c "
    "One vGPU nvidia_h100xm-40c of NVIDIA H100 SXM5 80GB (HGX H100)"
)


def _set(leaf: str, before: Value, after: Value) -> Mutation:
    wish = put(MANAGER, f"profile[name={NAME}].{leaf}", after)
    return Mutation(KIND, DEVICE, leaf, before, after, [wish])


def _gone(device: str, name: str) -> Mutation:
    wish = {"do": "cut", "object": MANAGER, "path": f"profile[name={name}]"}
    return Mutation(KIND, device, "", device, None, [wish])


ALL = [
    _set("name", NAME, "H100 40 GB"),
    _set("description", DESCRIBED, "of the VI team"),
    _gone(DEVICE, NAME),
    _gone(OTHER, OTHER_NAME),
]
