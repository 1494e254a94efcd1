"""What the loader refuses, one class per rule."""

from __future__ import annotations

from generator.finding import Rule, Severity

_ANCHORS = "design: strict loading; YAML 1.2.2, chapter 10.3 (core schema)"


class UnreadableFile(Rule):
    """The file cannot be opened."""

    id = "MLG-L001"
    title = "A document must be a readable file"
    reason = "nothing can be said about a file that cannot be read"
    source = "design: strict loading"


class TooLarge(Rule):
    """The file is larger than the loader accepts."""

    id = "MLG-L002"
    title = "A document is at most 4 MiB"
    reason = "a blueprint is written by people; a larger file is a mistake or an attack"
    source = "design: strict loading"


class NotText(Rule):
    """The bytes are no UTF-8 text, or hold characters that YAML forbids."""

    id = "MLG-L003"
    title = "A document is UTF-8 text without control characters or lone surrogates"
    reason = "such characters look like something else in an editor, a log or a rendered file"
    source = "YAML 1.2.2, chapter 5.1; Unicode, chapter 3.9"


class NotYaml(Rule):
    """The text is not YAML."""

    id = "MLG-L004"
    title = "A document must be YAML"
    reason = "the parser stops at the first place that it cannot read"
    source = "YAML 1.2.2"


class TooDeep(Rule):
    """The document nests deeper than the loader accepts."""

    id = "MLG-L005"
    title = "A document nests at most 64 levels"
    reason = "the language needs twelve; deep nesting exhausts the stack of YAML libraries"
    source = "pyyaml issues 895 and 604, libyaml issue 107"


class DuplicateKey(Rule):
    """A mapping has the same key twice."""

    id = "MLG-L006"
    title = "A key stands once in a mapping"
    reason = "most YAML readers keep the last one in silence, so half of what was written is lost"
    source = "YAML 1.2.2, chapter 3.2.1.3"


class NoAnchors(Rule):
    """The document uses an anchor or an alias."""

    id = "MLG-L007"
    title = "Anchors and aliases are not part of the language"
    reason = "they hide what a value is from the reader of a review and multiply without bound"
    source = _ANCHORS


class NoTags(Rule):
    """The document uses a YAML tag."""

    id = "MLG-L008"
    title = "YAML tags are not part of the language"
    reason = "a tag asks the reader's program to build an object, which a document must not"
    source = _ANCHORS


class TextKeys(Rule):
    """A key is something other than text."""

    id = "MLG-L009"
    title = "Keys are text"
    reason = "a number, a list or nothing at all cannot name a field"
    source = _ANCHORS


class FiniteNumbers(Rule):
    """A number is not finite or has too many digits."""

    id = "MLG-L010"
    title = "Numbers are finite and fit 64 bits"
    reason = "NaN, infinity and numbers beyond 64 bits cannot be sized or written to JSON and HCL"
    source = _ANCHORS


class EmptyDocument(Rule):
    """There is no mapping at the top of the document."""

    id = "MLG-L011"
    title = "A document is a mapping with apiVersion and kind"
    reason = "kind and apiVersion say which schema applies"
    source = "design: the blueprint language"


class TooManyFindings(Rule):
    """The loader stopped counting."""

    id = "MLG-L012"
    title = "Loading stops after 200 findings"
    severity = Severity.ERROR
    reason = "nobody reads further, and a generated file could fill the disk with them"
    source = "design: strict loading"


class TooManyNodes(Rule):
    """The document has more values than the loader accepts."""

    id = "MLG-L013"
    title = "A document has at most 100,000 values"
    reason = "a thousand hosts need fewer; more would keep every later step busy for minutes"
    source = "design: strict loading"


RULES: tuple[type[Rule], ...] = (
    UnreadableFile,
    TooLarge,
    NotText,
    NotYaml,
    TooDeep,
    DuplicateKey,
    NoAnchors,
    NoTags,
    TextKeys,
    FiniteNumbers,
    EmptyDocument,
    TooManyFindings,
    TooManyNodes,
)
