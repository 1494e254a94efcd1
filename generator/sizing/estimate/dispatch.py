"""Which formulas a workload asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog
from generator.sizing.estimate.answer import Estimate
from generator.sizing.estimate.answer_ledger import note_answer
from generator.sizing.estimate.inputs import Subject, note_subject, subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.vision.networks import knows

CPU_KINDS = ("trees", "tabular")
"""Kinds of model whose inference meets its service level on CPUs."""


def estimate(workload: Workload, catalog: Catalog, *, proposing: bool = False) -> Estimate:
    """The figures of one workload, with their ledger. Pure.

    ``proposing`` asks for a GPU where none is named, which reads every GPU of the catalogue.

    Raises:
        Nonsense: where a figure cannot be, a name is not known, or what is needed is missing.
    """
    figures = Figures(workload.name)
    about = subject(workload, catalog)
    note_subject(about, figures)
    answer = _formulas(workload, about)(workload, about, catalog, figures)
    from generator.sizing.estimate.assumed import with_assumed
    from generator.sizing.estimate.profile import with_profile

    # A measured total decides which profile carries the work.
    answer = with_assumed(answer, workload, figures)
    answer = with_profile(answer, about, figures)
    note_answer(answer, figures)
    if proposing and about.accelerator is None:
        from generator.sizing.estimate.choice import choice_of

        answer = replace(answer, choice=choice_of(workload, about, answer, catalog))
    return replace(answer, ledger=tuple(figures.entries))


Formulas = Callable[[Workload, Subject, Catalog, Figures], Estimate]


def _formulas(workload: Workload, about: Subject) -> Formulas:
    """The module is imported when it is asked for: a service needs nothing of training."""
    if workload.serving is not None and workload.train is not None:
        raise Nonsense(
            "train", "a workload that trains does not serve as well", "state each as one of its own"
        )
    if workload.serving is not None:
        return _serving(workload, about)
    if workload.hpo is not None:
        from generator.sizing.estimate.search import search

        return search
    if workload.train is not None:
        if workload.model is None:
            from generator.sizing.estimate.largest import largest_model

            return largest_model
        if about.transformer is None and about.row is not None and knows(about.row.id):
            from generator.sizing.estimate.vision import of_images

            return of_images
        from generator.sizing.estimate.training import training

        return training
    raise Nonsense(
        "workload", "nothing says what it does", "state train, serving or hpo beside the model"
    )


def _serving(workload: Workload, about: Subject) -> Formulas:
    on_cpu = workload.accelerator is not None and workload.accelerator.kind == "cpu"
    if on_cpu or (about.row is not None and about.row.kind in CPU_KINDS):
        from generator.sizing.estimate.cpu import on_cpus

        return on_cpus
    if about.transformer is not None and not _encoder(about):
        from generator.sizing.estimate.serving import generative

        return generative
    from generator.sizing.estimate.batches import in_batches

    return in_batches


def _encoder(about: Subject) -> bool:
    return about.row is not None and about.row.kind == "encoder-transformer"
