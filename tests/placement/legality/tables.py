"""What NVIDIA's boards and vSphere allow, typed by hand from the published guides.

Nothing here is read from the product or from its catalogue: a figure that is wrong there is caught
here, unless somebody has typed the same error twice. Sources by their usual short names: NVIDIA AI
Enterprise vGPU user guide ("vGPU guide"), MIG user guide ("MIG guide"), NVIDIA/vgpu-device-manager
("VGDM", counts per type), vSphere API reference and KBs ("Broadcom"), F. Denneman's articles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MIXED_SIZE_IDS: Mapping[str, Mapping[int, tuple[int, ...]]] = {
    "16": {16: (0,), 8: (0, 8), 4: (0, 4, 8, 12)},
    "24": {24: (0,), 12: (0, 12), 8: (0, 16), 6: (0, 6, 12, 18), 4: (0, 8, 12, 20)},
    "40": {
        40: (0,),
        20: (0, 20),
        10: (0, 10, 20, 30),
        8: (0, 12, 20, 32),
        5: (0, 5, 10, 15, 20, 25, 30, 35),
        4: (0, 6, 10, 16, 20, 26, 30, 36),
    },
    "48": {
        48: (0,),
        24: (0, 24),
        16: (0, 32),
        12: (0, 12, 24, 36),
        8: (0, 16, 24, 40),
        6: (0, 6, 12, 18, 24, 30, 36, 42),
        4: (0, 8, 12, 20, 24, 32, 36, 44),
    },
    "80": {
        80: (0,),
        40: (0, 40),
        20: (0, 20, 40, 60),
        16: (0, 24, 40, 64),
        10: (0, 10, 20, 30, 40, 50, 60, 70),
        8: (0, 12, 20, 32, 40, 52, 60, 72),
        5: (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75),
        4: (0, 6, 10, 16, 20, 26, 30, 36, 40, 46, 50, 56, 60, 66, 70, 76),
    },
    "94": {
        94: (0,),
        47: (0, 47),
        23: (0, 24, 47, 71),
        15: (0, 32, 47, 79),
        11: (0, 12, 23, 36, 47, 59, 70, 83),
        6: (0, 17, 23, 41, 47, 64, 70, 88),
        4: (0, 7, 11, 19, 23, 31, 35, 43, 47, 54, 58, 66, 70, 78, 82, 90),
    },
    "96": {
        96: (0,),
        48: (0, 48),
        32: (0, 32, 64),
        24: (0, 24, 48, 72),
        16: (0, 16, 32, 48, 64, 80),
        12: (0, 12, 24, 36, 48, 60, 72, 84),
        8: (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88),
    },
}
"""Class of the board, size in GB, placement ids; a vGPU of size s at id p holds [p, p + s).
vGPU guide, appendix of mixed-size placement ids; class 96 from Denneman's list. H200 has none."""

COUNTS: Mapping[str, Mapping[int, int]] = {
    "16": {16: 1, 8: 2, 4: 4},
    "24": {24: 1, 12: 2, 8: 3, 6: 4, 4: 6},
    "32": {32: 1, 16: 2, 8: 4, 4: 8},
    "40": {40: 1, 20: 2, 10: 4, 8: 5, 5: 8, 4: 10},
    "48": {48: 1, 24: 2, 16: 3, 12: 4, 8: 6, 6: 8, 4: 12},
    "80 of A100": {80: 1, 40: 2, 20: 4, 16: 5, 10: 8, 8: 10, 4: 20},
    "80 of H100": {80: 1, 40: 2, 20: 4, 16: 5, 10: 8, 8: 10, 5: 16, 4: 20},
    "94": {94: 1, 47: 2, 23: 4, 15: 6, 11: 8, 6: 15, 4: 23},
    "96": {96: 1, 48: 2, 32: 3, 24: 4, 16: 6, 12: 8, 8: 12},
    "141": {141: 1, 70: 2, 35: 4, 28: 5, 17: 8, 14: 10, 8: 16, 7: 20, 4: 32},
    "180": {180: 1},
    "269": {269: 1},
}
"""Time-sliced C types in same-size mode: size in GB, most per GPU. vGPU guide, appendix of types;
VGDM. B200 and B300 have the full size only."""


@dataclass(frozen=True)
class Instance:
    """A kind of MIG instance: memory slices from ``starts`` on, compute slices, most on a GPU."""

    starts: tuple[int, ...]
    size: int
    compute: int
    most: int


_1G = Instance((0, 1, 2, 3, 4, 5, 6), 1, 1, 7)
_1G_ME = Instance((0, 1, 2, 3, 4, 5, 6), 1, 1, 1)
_1G_DOUBLE = Instance((0, 2, 4, 6), 2, 1, 4)
_2G = Instance((0, 2, 4), 2, 2, 3)
_3G = Instance((0, 4), 4, 3, 2)
_4G = Instance((0,), 4, 4, 1)
_7G = Instance((0,), 8, 7, 1)
"""MIG guide, placements of A100, H100 and H200; B200 and B300 have the same counts."""

_A30_1G = Instance((0, 1, 2, 3), 1, 1, 4)
_A30_1G_ME = Instance((0, 1, 2, 3), 1, 1, 1)
_A30_2G = Instance((0, 2), 2, 2, 2)
_A30_2G_ME = Instance((0, 2), 2, 2, 1)
_A30_4G = Instance((0,), 4, 4, 1)
"""MIG guide, placements of A30."""

_RTX_1G = Instance((0, 3, 6, 9), 3, 1, 4)
_RTX_2G = Instance((0, 6), 6, 2, 2)
_RTX_4G = Instance((0,), 12, 4, 1)
"""MIG guide: 4, 2 and 1 instances; the grid of RTX PRO 6000 has twelve units."""

MOST_COMPUTE_SLICES = {"7x8": 7, "4x4": 4, "rtx": 4}
MOST_MEMORY_UNITS = {"7x8": 8, "4x4": 4, "rtx": 12}


@dataclass(frozen=True)
class MigType:
    """A MIG-backed type: its nominal GB, the instance behind it, its real memory in MiB.

    ``share`` vGPUs may share the time of one instance (Blackwell RTX PRO only; VGDM).
    ``memory_mib`` is the lowest reading of the instance, None where the guide has none.
    """

    gb: int
    instance: Instance
    memory_mib: int | None
    share: int = 1
    needs_8_0_u3: bool = False
    media: bool = False
    framebuffer_mib: int = 0

    @property
    def mib(self) -> int:
        """Framebuffer in MiB as the table of types prints it."""
        return self.framebuffer_mib or self.gb * 1024


def _seven(*gb: int, memory: tuple[int | None, ...], **odd: int) -> dict[str, MigType]:
    """The seven types of a 7 x 8 board, from 7g down to 1g with media engines.

    ``gb`` and ``memory`` are those of 7g, 4g and 3g, 2g and double 1g, and 1g.
    """
    whole, half, quarter, eighth = gb
    m_whole, m_half, m_quarter, m_eighth = memory
    framebuffer = odd.get("quarter_mib", 0)
    return {
        f"7-{whole}c": MigType(whole, _7G, m_whole, framebuffer_mib=odd.get("whole_mib", 0)),
        f"4-{half}c": MigType(half, _4G, m_half),
        f"3-{half}c": MigType(half, _3G, m_half),
        f"2-{quarter}c": MigType(quarter, _2G, m_quarter, framebuffer_mib=framebuffer),
        f"1-{quarter}c": MigType(
            quarter, _1G_DOUBLE, m_quarter, needs_8_0_u3=True, framebuffer_mib=framebuffer
        ),
        f"1-{eighth}c": MigType(eighth, _1G, m_eighth),
        f"1-{eighth}cme": MigType(eighth, _1G_ME, m_eighth, needs_8_0_u3=True, media=True),
    }


_MIG_40 = _seven(40, 20, 10, 5, memory=(40192, 19968, 9856, 4864))
_MIG_80_A100 = _seven(80, 40, 20, 10, memory=(80384, 40192, 19968, 9856))
_MIG_80_H100 = _seven(80, 40, 20, 10, memory=(81152, 40448, 20096, 9984))
_MIG_94 = _seven(
    94, 47, 24, 12, memory=(None, 47493, 22016, 10875), quarter_mib=24672, whole_mib=96246
)
_MIG_141 = _seven(141, 71, 35, 18, memory=(None, 71168, 33024, 16384))
_MIG_180 = _seven(180, 90, 45, 23, memory=(None, None, 45312, 20992))
_MIG_269 = _seven(269, 135, 67, 34, memory=(None, None, None, None))
_MIG_A30 = {
    "4-24c": MigType(24, _A30_4G, 23344),
    "2-12c": MigType(12, _A30_2G, 11672),
    "2-12cme": MigType(12, _A30_2G_ME, 11672, needs_8_0_u3=True, media=True),
    "1-6c": MigType(6, _A30_1G, 5836),
    "1-6cme": MigType(6, _A30_1G_ME, 5836, needs_8_0_u3=True, media=True),
}
_MIG_RTX = {
    "4-96c": MigType(96, _RTX_4G, 97280),
    "4-48c": MigType(48, _RTX_4G, 97280, share=2),
    "4-32c": MigType(32, _RTX_4G, 97280, share=3),
    "4-24c": MigType(24, _RTX_4G, 97280, share=4),
    "2-48c": MigType(48, _RTX_2G, 48512),
    "2-24c": MigType(24, _RTX_2G, 48512, share=2),
    "2-16c": MigType(16, _RTX_2G, 48512, share=3),
    "2-12c": MigType(12, _RTX_2G, 48512, share=4),
    "1-24c": MigType(24, _RTX_1G, 24192),
    "1-12c": MigType(12, _RTX_1G, 24192, share=2),
    "1-8c": MigType(8, _RTX_1G, 24192, share=3),
}
"""MIG-backed types: vGPU guide and VGDM; memory of instances: readings of nvidia-smi in the MIG
guide and public listings."""

PRECISIONS: Mapping[str, frozenset[str]] = {
    "volta": frozenset({"fp16"}),
    "turing": frozenset({"fp16", "int8", "int4"}),
    "ampere": frozenset({"fp16", "bf16", "tf32", "int8", "int4"}),
    "ada": frozenset({"fp16", "bf16", "tf32", "int8", "int4", "fp8"}),
    "hopper": frozenset({"fp16", "bf16", "tf32", "int8", "fp8"}),
    "blackwell": frozenset({"fp16", "bf16", "tf32", "int8", "fp8", "fp4"}),
}
"""Formats in which the tensor cores compute. NVIDIA: Transformer Engine, TensorRT matrices."""
EVERYWHERE = frozenset({"", "fp32", "fp64"})

NO_GROUP: tuple[int, ...] = ()
PAIR = (2,)
QUAD = (2, 4)
SWITCH = (2, 4, 8)


@dataclass(frozen=True)
class Board:
    """One GPU: its types by their code, how it may be cut, how it may be joined."""

    prefix: str
    gb: int
    counts: Mapping[int, int]
    architecture: str
    hbm: bool
    mixed: str = ""
    geometry: str = ""
    mig: Mapping[str, MigType] = field(default_factory=dict)
    groups: tuple[int, ...] = NO_GROUP
    whole_mib: int = 0
    compression_mib: Mapping[int, int] = field(default_factory=dict)

    @property
    def total_mib(self) -> int:
        """Framebuffer of the whole GPU in MiB, as the table of types prints it."""
        return self.whole_mib or self.gb * 1024

    def time_sliced_mib(self, size: int) -> int:
        """Framebuffer of a time-sliced type in MiB."""
        return self.total_mib if size == self.gb else size * 1024


def _ampere_hbm(prefix: str, gb: int, groups: tuple[int, ...]) -> Board:
    kind = "40" if gb == 40 else "80"
    mig = _MIG_40 if gb == 40 else _MIG_80_A100
    counts = COUNTS["40" if gb == 40 else "80 of A100"]
    return Board(prefix, gb, counts, "ampere", True, kind, "7x8", mig, groups)


def _hopper_80(prefix: str, groups: tuple[int, ...]) -> Board:
    return Board(
        prefix, 80, COUNTS["80 of H100"], "hopper", True, "80", "7x8", _MIG_80_H100, groups
    )


def _gddr(prefix: str, gb: int, architecture: str) -> Board:
    kind = str(gb)
    return Board(prefix, gb, COUNTS[kind], architecture, False, kind)


BOARDS: Mapping[str, Board] = {
    "nvidia-t4": Board("grid_t4", 16, COUNTS["16"], "turing", False, compression_mib={16: 28}),
    "nvidia-v100-pcie-16": Board("grid_v100", 16, COUNTS["16"], "volta", True),
    "nvidia-v100-pcie-32": Board("grid_v100d", 32, COUNTS["32"], "volta", True),
    "nvidia-v100-sxm2-16": Board("grid_v100x", 16, COUNTS["16"], "volta", True),
    "nvidia-v100-sxm2-32": Board("grid_v100dx", 32, COUNTS["32"], "volta", True),
    "nvidia-a2": _gddr("nvidia_a2", 16, "ampere"),
    "nvidia-a10": _gddr("nvidia_a10", 24, "ampere"),
    "nvidia-a16": _gddr("nvidia_a16", 16, "ampere"),
    "nvidia-a30": Board("nvidia_a30", 24, COUNTS["24"], "ampere", True, "24", "4x4", _MIG_A30),
    "nvidia-a40": _gddr("nvidia_a40", 48, "ampere"),
    "nvidia-a100-pcie-40": _ampere_hbm("grid_a100", 40, PAIR),
    "nvidia-a100-pcie-80": _ampere_hbm("grid_a100d", 80, PAIR),
    "nvidia-a100-sxm4-40": _ampere_hbm("grid_a100x", 40, SWITCH),
    "nvidia-a100-sxm4-80": _ampere_hbm("grid_a100dx", 80, SWITCH),
    "nvidia-l4": _gddr("nvidia_l4", 24, "ada"),
    "nvidia-l40": _gddr("nvidia_l40", 48, "ada"),
    "nvidia-l40s": _gddr("nvidia_l40s", 48, "ada"),
    "nvidia-h100-pcie-80": _hopper_80("nvidia_h100", PAIR),
    "nvidia-h100-sxm5-80": _hopper_80("nvidia_h100xm", SWITCH),
    "nvidia-h800-sxm5-80": _hopper_80("nvidia_h800xm", SWITCH),
    "nvidia-h100-nvl-94": Board(
        "nvidia_h100l", 94, COUNTS["94"], "hopper", True, "94", "7x8", _MIG_94, PAIR, 96246
    ),
    "nvidia-h200-sxm-141": Board(
        "nvidia_h200x", 141, COUNTS["141"], "hopper", True, "", "7x8", _MIG_141, SWITCH
    ),
    "nvidia-h200-nvl-141": Board(
        "nvidia_h200", 141, COUNTS["141"], "hopper", True, "", "7x8", _MIG_141, QUAD
    ),
    "nvidia-b200-sxm-180": Board(
        "nvidia_b200x", 180, COUNTS["180"], "blackwell", True, "", "7x8", _MIG_180, SWITCH
    ),
    "nvidia-b300-sxm-269": Board(
        "nvidia_b300x", 269, COUNTS["269"], "blackwell", True, "", "7x8", _MIG_269, SWITCH
    ),
    "nvidia-rtx-pro-6000-blackwell-se": Board(
        "nvidia_rtx_pro_6000_blackwell_dc",
        96,
        COUNTS["96"],
        "blackwell",
        False,
        "96",
        "rtx",
        _MIG_RTX,
    ),
}
"""Boards whose vGPU types vSphere has: names by the vSphere spelling of VGDM's and the vGPU guide's
types. Mixed-size mode: Ampere and later; none on Volta and Turing, no ids known on H200, one size
only on B200 and B300. Grace boards are left out: they are Arm, and ESX there runs none of this.
NVLink groups: vGPU guide, P2P-capable types; bridge pairs of the PCIe boards, pairs and quads of
H200 NVL, and 2, 4 or 8 behind an NVSwitch (Denneman; VMware, device groups)."""

DOMAIN_SIZES = {"bridge-pair": 2, "bridge-quad": 4, "nvswitch": 8}
"""GPUs that one bridge or switch joins."""

SWITCHED_SINCE = {"ampere": (8, 0, 1), "hopper": (8, 0, 2)}
"""First vSphere with device groups over an NVSwitch. VMware, NVSwitch support."""
GROUPS_SINCE = (8, 0)
"""First vSphere with NVLink device groups. VMware, device groups."""
BLACKWELL_SWITCH_NVAIE = (8, 2)
"""The release of NVIDIA AI Enterprise with NVSwitch on B200 and B300."""
MEDIA_AND_DOUBLE_SINCE = (8, 0, 3)
"""First ESX with MIG types that have media engines or double memory. vGPU guide, footnote."""
MIXED_SIZE_SINCE = {"vcenter": (8, 0, 3), "esx": (8, 0, 3), "vgpu_host": (17,)}
"""What mixed-size mode needs. vSphere API reference; vGPU guide."""

VGPUS_PER_VM = (((8, 0, 2), 16), ((8, 0), 8), ((6, 7, 2), 4), ((0,), 1))
"""First ESX with so many vGPUs in a VM: vmx-21, vmx-20, vmx-15, older. Broadcom, KB 309986."""
FRACTIONS_TWICE_SINCE = (8, 0)
"""Before it only the full-framebuffer type may be given to a VM more than once. vGPU guide."""

GPU_VM_OVERHEAD_BYTES = (83 + 14) << 20
"""What the 512 GB MMIO window of a GPU VM costs its host: 83 MB for the first 128 GB, 14 more.
Denneman, BIOS, VM and vCenter settings."""
