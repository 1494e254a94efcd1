"""A data scientist's request as the workload that a blueprint would hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.blueprint.alter.rules import NotCompared, NotWork
from generator.blueprint.alter.settings import copied
from generator.blueprint.breaches import UnknownDocument
from generator.blueprint.near import shown
from generator.blueprint.schema import check
from generator.finding import Finding, Place, Refused, Severity, worst
from generator.source import Document, MappingNode, SequenceNode

REQUEST = "WorkloadRequest"

ADAPTER_RANK = 8
"""Rank of the adapters of a request that asks for them and cannot state it.

Source: Hugging Face PEFT, ``LoraConfig.r`` (its default).
"""

_PHASES = {
    "explore": "concept",
    "train": "training",
    "tune": "hpo",
    "serve": "serving",
    "batch-score": "serving",
}
_WORK: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "train": ("train", {"ready_by": "deadline"}),
    "tune": ("hpo", {"tries": "trials", "time_per_try": "trial_time", "ready_by": "deadline"}),
    "serve": (
        "serving",
        {
            "longest_text": "context",
            "people_at_once": "sessions",
            "answers": "rate",
            "answer_within": "p95",
        },
    ),
    "batch-score": ("serving", {"items": "items", "ready_by": "window"}),
}
"""Per deed: the section of a workload, and where it keeps the words of a request."""

_MODES = {"serve": "service", "batch-score": "batch"}
_CARRIED = frozenset(
    ("apiVersion", "kind", "metadata", "platform", "do", "goal", "success", "data", "model",
     "parameters", "method")
)  # fmt: skip


def workload_of(document: Document, root: MappingNode) -> tuple[MappingNode, tuple[Finding, ...]]:
    """The workload in ``document``, and notices about what of it no plan shows.

    ``document`` is a ``WorkloadRequest`` or holds the mapping of one item of ``workloads``;
    ``root`` is the blueprint's tree, where a request finds the models of other workloads.

    Raises:
        Refused: where it is neither, or a request that breaks its schema.
    """
    kind = document.root.get("kind")
    if kind is None:
        return copied(document.root), ()
    if kind != REQUEST:
        other = NotWork.breach(
            f"this is {shown(kind)}, neither a request nor a workload",
            mend=f"name a file with kind: {REQUEST}, or with the mapping of one workload",
            places=(document.place(("kind",)),),
            path="kind",
        )
        raise Refused([other])
    findings = check(document)
    if worst(findings) is Severity.ERROR:
        raise Refused(findings)
    platform, own = document.root.get("platform"), root.get("metadata", {}).get("name")
    if platform not in (None, own):
        raise Refused([_elsewhere(document, str(platform), str(own))])
    return _translated(document, root), tuple(_left_out(document))


def _translated(document: Document, root: MappingNode) -> MappingNode:
    request: MappingNode = document.root
    metadata: MappingNode = request["metadata"]
    deed = str(request["do"])
    made = _Made(MappingNode(document.start))
    made.put("name", metadata["name"], metadata.places["name"][1])
    made.put("owner", metadata["team"], metadata.places["team"][1])
    made.put("phase", _PHASES[deed], request.places["do"][1])
    made.take(request, {"goal": "goal", "success": "success_metric", "data": "data"})
    model = _model(request, root)
    if model:
        made.put("model", model, model.place)
    if deed in _WORK:
        section, words = _WORK[deed]
        work = _Made(MappingNode(request.places["do"][1]))
        if deed in _MODES:
            work.put("mode", _MODES[deed], request.places["do"][1])
        work.take(request, words)
        made.put(section, work.node, work.node.place)
    if "repeat" in request and deed == "train":
        again = _Made(MappingNode(request.places["repeat"][1]))
        again.take(request, {"repeat": "cadence"})
        made.put("retraining", again.node, again.node.place)
    return made.node


class _Made:
    """A mapping that is filled with values and the places where a request states them."""

    def __init__(self, node: MappingNode) -> None:
        self.node = node

    def put(self, key: str, value: Any, place: Place) -> None:
        """Sets a key whose value stands at ``place``."""
        self.node.put(key, value, place, place)

    def take(self, request: MappingNode, words: Mapping[str, str]) -> None:
        """Takes over the words that the request states, each under its new key."""
        for word, key in words.items():
            if word in request:
                self.put(key, copied(request[word]), request.places[word][1])


def _model(request: MappingNode, root: MappingNode) -> MappingNode | None:
    """The model by the catalogue, or that of the workload which the request names."""
    if "model" not in request:
        return None
    place = request.places["model"][1]
    made = _Made(MappingNode(place))
    theirs = _model_of(root.get("workloads"), str(request["model"]))
    if theirs is not None:
        made = _Made(copied(theirs))
    else:
        made.put("family", request["model"], place)
    made.take(request, {"parameters": "params"})
    method = request.get("method")
    if method in ("lora", "qlora"):
        at = request.places["method"][1]
        adapter, rank = _Made(MappingNode(at)), _Made(MappingNode(at))
        rank.put("rank", ADAPTER_RANK, at)
        adapter.put(str(method), rank.node, at)
        made.put("method", adapter.node, at)
    return made.node


def _model_of(workloads: Any, name: str) -> MappingNode | None:
    if not isinstance(workloads, SequenceNode):
        return None
    found = (one.get("model") for one in workloads if one.get("name") == name)
    return next((model for model in found if isinstance(model, MappingNode)), None)


def _left_out(document: Document) -> list[Finding]:
    """Notices about the words that a plan does not show."""
    request: MappingNode = document.root
    deed = str(request["do"])
    used = _CARRIED | set(_WORK.get(deed, ("", {}))[1])
    used |= {"repeat"} if deed == "train" else set()
    return [
        NotCompared.breach(
            f"{word} of a request to {deed} is in no plan",
            mend="the architect states it in the blueprint",
            places=(document.place((word,)),),
            path=word,
        )
        for word in request
        if word not in used
    ]


def _elsewhere(document: Document, platform: str, own: str) -> Finding:
    return UnknownDocument.breach(
        f"the request is for {shown(platform)}, and this is {shown(own)}",
        mend="name the blueprint of that platform",
        places=(document.place(("platform",)),),
        path="platform",
    )
