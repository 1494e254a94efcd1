"""The words of the other side: each term, and the figure of the plan that it drives (F37)."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str, str], ...] = (
    ("batch", "samples that a model works on at once", "activation memory of a GPU"),
    ("checkpoint", "the saved state of a training run", "datastore size and write rate"),
    ("DirectPath I/O", "a whole device given to one VM", "which VMs DRS may place or restart"),
    ("DirectPath profile", "a kind of device, to VCF 9", "how many more vCenter would start"),
    ("epoch", "one pass over all training data", "read rate of a dataset"),
    ("framebuffer", "the memory of a GPU that a VM sees", "the vGPU profile of a VM class"),
    ("inference", "answering with a trained model", "replicas, sessions and latency"),
    ("KV cache", "what a language model keeps of a conversation", "sessions that fit on a GPU"),
    ("LoRA", "training a small addition to a model", "GPU memory of fine-tuning"),
    ("MIG slice", "a part of a GPU that hardware keeps apart", "GPU instances of a host"),
    ("MMIO window", "address space for device memory", "pciPassthru.64bitMMIOSizeGB of a class"),
    ("node pool", "equal worker nodes of a cluster", "VMs of one class in one zone"),
    ("NVLink", "a direct link between GPUs", "which GPUs one VM must hold together"),
    ("precision", "bits of a number in a model", "weights in GPU memory"),
    ("storage policy", "what a datastore must offer", "the StorageClass of a volume"),
    ("Supervisor namespace", "a share of vCenter for one team", "quota, classes and access"),
    ("vGPU profile", "a share of a GPU with fixed framebuffer", "how many VMs share a GPU"),
    ("VM class", "the size of a VM, by name", "vCPUs, memory and devices of a node"),
)
"""Term, meaning, and what in the plan follows from it. Sorted."""
