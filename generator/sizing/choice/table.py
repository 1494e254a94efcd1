"""The decision table: which kind of compute a workload gets, and why, as data.

The first row counts whose conditions all hold; its kinds are tried in order. Conditions are names
of ``conditions.py``. Sources: F. Denneman, Fractional and Full GPUs, Using Dynamic DirectPath IO,
and Multi-GPU for Distributed Training (all 2023) for the reasons; requirements 2.5 for the order.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.choice.offers import Kind

FRACTIONAL = "F. Denneman, Fractional and Full GPUs (2023)"
MULTI = "F. Denneman, Multi-GPU for Distributed Training (2023)"
DIRECTPATH = "F. Denneman, Using Dynamic DirectPath IO (2023)"
WISH = "blueprint, accelerator.kind"

WHOLE = (Kind.FULL, Kind.PASSTHROUGH)
"""A full-size vGPU keeps HA and migration; passthrough is what is left without vGPU."""
SEVERAL_KINDS = (Kind.NVLINK, Kind.PCIE, Kind.HOSTS)
SHARED = (Kind.TIME_SLICED, Kind.MIG_TIME_SLICED, Kind.MIG)


@record
class Row(Record):
    """A row of the table. ``kinds`` in order of preference, ``reason`` for the first of them.

    ``otherwise`` is the reason where one of the others has to do.
    """

    name: str
    when: tuple[str, ...]
    kinds: tuple[Kind, ...]
    reason: str
    source: str
    otherwise: str = ""


ROWS: tuple[Row, ...] = (
    Row(
        name="stated-cpu",
        when=("wishes-cpu",),
        kinds=(Kind.CPU,),
        reason="the blueprint asks for CPUs",
        source=WISH,
    ),
    Row(
        name="stated-passthrough",
        when=("wishes-passthrough",),
        kinds=(Kind.PASSTHROUGH,),
        reason="the blueprint asks for passthrough and says why: no snapshot, no migration, and "
        "the GPU is bound to the VM",
        source=DIRECTPATH,
    ),
    Row(
        name="stated-fraction",
        when=("wishes-fraction",),
        kinds=SHARED,
        reason="the blueprint asks for a part of a GPU",
        source=WISH,
        otherwise="the blueprint asks for a part of a GPU, and sharing or isolation rules out time "
        "slices",
    ),
    Row(
        name="stated-full",
        when=("wishes-full",),
        kinds=WHOLE,
        reason="the blueprint asks for a whole GPU",
        source=WISH,
        otherwise="the blueprint asks for a whole GPU, and this one has no vGPU",
    ),
    Row(
        name="stated-multi",
        when=("wishes-multi",),
        kinds=SEVERAL_KINDS,
        reason="the blueprint asks for several GPUs",
        source=WISH,
        otherwise="the blueprint asks for several GPUs, and none linked by NVLink would do",
    ),
    Row(
        name="cpu-classic",
        when=("classic-model", "one-gpu-at-most", "no-encoding"),
        kinds=(Kind.CPU,),
        reason="classic models meet their service level on CPUs",
        source=FRACTIONAL,
    ),
    Row(
        name="cpu-meets-latency",
        when=("serving", "small-batch", "cpu-meets-latency", "one-gpu-at-most", "no-encoding"),
        kinds=(Kind.CPU,),
        reason="inference in small batches meets its service level on CPUs",
        source="F. Denneman, Machine Learning on VMware Platform Part 3 (2022); requirements S1-10",
    ),
    Row(
        name="cpu-phase",
        when=("phase-without-gpu", "no-gpu-asked", "no-encoding"),
        kinds=(Kind.CPU,),
        reason="small data, short tests and long idle times: no GPU unless one is asked for",
        source="requirements 2.2",
    ),
    Row(
        name="several-hosts",
        when=("exceeds-every-host", "distributable"),
        kinds=(Kind.HOSTS,),
        reason="more GPUs than one host joins: spread over hosts, one NVLink domain each",
        source=MULTI,
    ),
    Row(
        name="several-nvlink",
        when=("several-gpus",),
        kinds=SEVERAL_KINDS,
        reason="needs the memory or the speed of several GPUs: full profiles in one NVLink domain",
        source=MULTI,
        otherwise="needs several GPUs and no NVLink group fits: what they exchange goes "
        "through host memory or the network, well below NVLink",
    ),
    Row(
        name="appliance",
        when=("vendor-application", "footprint-unknown"),
        kinds=WHOLE,
        reason="a bought application has a fixed shape, and its use of a GPU is its vendor's",
        source="field rule F39; requirements 2.5",
        otherwise="a bought application of fixed shape on a GPU without vGPU",
    ),
    Row(
        name="full-unknown",
        when=("footprint-unknown",),
        kinds=WHOLE,
        reason="its behaviour is not known: a full-size vGPU, which keeps HA and migration",
        source=FRACTIONAL,
        otherwise="its behaviour is not known, and this GPU has no vGPU",
    ),
    Row(
        name="full-isolated",
        when=("whole-gpu-alone",),
        kinds=WHOLE,
        reason="it shares its GPU with nobody",
        source="blueprint, accelerator.isolation, or the sharing of the environment",
        otherwise="it shares its GPU with nobody, and this one has no vGPU",
    ),
    Row(
        name="video-encoding",
        when=("encodes",),
        kinds=(Kind.TIME_SLICED, *WHOLE),
        reason="encodes video: a Q-series profile on a GPU with encoders; decoding alone would do "
        "with C series",
        source="F. Denneman, GPU Device Differentiators (2023)",
        otherwise="encodes video and fills a whole GPU that has encoders",
    ),
    Row(
        name="full-fills-gpu",
        when=("no-fraction-holds-it",),
        kinds=WHOLE,
        reason="fills most of a GPU: no fraction holds it",
        source=FRACTIONAL,
        otherwise="fills most of a GPU, and this one has no vGPU",
    ),
    Row(
        name="mig-isolated",
        when=("isolation-demanded",),
        kinds=(Kind.MIG, *WHOLE),
        reason="a predictable footprint behind a hardware boundary: own compute, cache and memory "
        "path",
        source=FRACTIONAL,
        otherwise="a hardware boundary is demanded and no MIG instance fits: a whole GPU",
    ),
    Row(
        name="mig-steady-service",
        when=("serving", "production", "steady", "latency-stated"),
        kinds=(Kind.MIG, Kind.TIME_SLICED, Kind.MIG_TIME_SLICED, *WHOLE),
        reason="a steady service with a service level: MIG gives consistent performance",
        source=FRACTIONAL,
        otherwise="a steady service, and no MIG instance fits or may be used: give it equal or "
        "fixed shares, neighbours take time from it otherwise",
    ),
    Row(
        name="time-sliced",
        when=("footprint-known",),
        kinds=(*SHARED, *WHOLE),
        reason="a known small footprint in bursts: time slices give it the whole GPU while its "
        "neighbours idle",
        source=FRACTIONAL,
        otherwise="a known small footprint, and no time slice of this size is offered or allowed",
    ),
)
"""Top to bottom; wishes of the blueprint come first."""
