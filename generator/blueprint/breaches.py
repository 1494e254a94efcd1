"""What can be wrong with a document's shape, one class per kind of breach."""

from __future__ import annotations

from generator.finding import Rule

_LANGUAGE = "the language's JSON Schema (mlgen schema)"


class UnknownDocument(Rule):
    """``apiVersion`` or ``kind`` is missing or not known."""

    id = "MLG-S001"
    title = "A document says its apiVersion and kind"
    reason = "they decide which schema the document is read by"
    source = _LANGUAGE


class UnknownKey(Rule):
    """A key that the language does not have at this place."""

    id = "MLG-S002"
    title = "Every key is one that the language knows"
    reason = "a misspelt key would be ignored, and a default would take its place unseen"
    source = _LANGUAGE


class MissingKey(Rule):
    """A key that must be there is not."""

    id = "MLG-S003"
    title = "Keys that cannot be guessed are stated"
    reason = "without it the object says too little to be used, and mlgen does not guess it"
    source = _LANGUAGE


class WrongType(Rule):
    """A value of another type than the key takes."""

    id = "MLG-S004"
    title = "A value has the type that its key takes"
    reason = "text, numbers, lists and mappings mean different things at the same place"
    source = _LANGUAGE


class NotQuantity(Rule):
    """A quantity without a unit, or with one that does not fit."""

    id = "MLG-S005"
    title = "A quantity is a number with a unit that fits"
    reason = "GB and GiB, bits and bytes, hours and minutes differ; a bare number hides which"
    source = _LANGUAGE


class UnknownWord(Rule):
    """A word outside a closed vocabulary."""

    id = "MLG-S006"
    title = "A word of a closed vocabulary is one of its words"
    reason = "each of these words switches something; an unknown one switches nothing"
    source = _LANGUAGE


class BadForm(Rule):
    """Text that is not written in the form that its key asks for."""

    id = "MLG-S007"
    title = "Names, dates, versions and addresses are written in their form"
    reason = "names become object names, dates are compared, addresses are calculated with"
    source = _LANGUAGE


class OutOfRange(Rule):
    """A number outside its range."""

    id = "MLG-S008"
    title = "A number lies in its range"
    reason = "a number beyond the range cannot be true, or no product takes it"
    source = _LANGUAGE


class WrongSize(Rule):
    """Text, a list or a mapping that is too short or too long."""

    id = "MLG-S009"
    title = "Texts, lists and mappings have a size that can be used"
    reason = "an empty one says nothing, and an overlong one fits no object that it would name"
    source = _LANGUAGE


class Repeated(Rule):
    """A list names the same thing twice."""

    id = "MLG-S010"
    title = "A list of words names each once"
    reason = "the second mention changes nothing, so one of the two is probably a slip"
    source = _LANGUAGE


class TooManyBreaches(Rule):
    """The check stopped counting."""

    id = "MLG-S011"
    title = "Checking stops after 200 findings in one document"
    reason = "nobody reads further, and one wrong line near the top often causes hundreds"
    source = "design: strict loading"


class BadBase(Rule):
    """A file that ``extends`` names cannot be built on."""

    id = "MLG-S012"
    title = "extends names readable blueprints"
    reason = "a part of the platform would be missing without a word"
    source = "design: the blueprint language"


class OutsideBase(Rule):
    """A file that ``extends`` names lies outside the repository."""

    id = "MLG-S013"
    title = "extends stays inside the repository"
    reason = "what lies outside is reviewed by nobody and differs between machines"
    source = "design: the blueprint language"


class NestedBase(Rule):
    """A base extends another file, or the document itself."""

    id = "MLG-S014"
    title = "extends goes one level deep"
    reason = "a chain of files hides where a value comes from, and a circle has no end"
    source = "design: the blueprint language"


class BadModelConfig(Rule):
    """A file that ``model.config`` names cannot be read as a model's configuration."""

    id = "MLG-S015"
    title = "model.config names a readable config.json inside the repository"
    reason = "the model's figures would be missing, and with them everything that follows"
    source = "design: the blueprint language"


RULES: tuple[type[Rule], ...] = (
    UnknownDocument,
    UnknownKey,
    MissingKey,
    WrongType,
    NotQuantity,
    UnknownWord,
    BadForm,
    OutOfRange,
    WrongSize,
    Repeated,
    TooManyBreaches,
    BadBase,
    OutsideBase,
    NestedBase,
    BadModelConfig,
)
