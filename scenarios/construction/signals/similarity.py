"""How alike texts are by the words that they share."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.scenarios.construction.signals.function_words import FUNCTION_WORDS

_WORD = re.compile(r"[^\W\d_]{3,}")
_TONOS, _DIALYTIKA_TONOS = "\u0301", "\u0344"


@dataclass(frozen=True, eq=False)
class Weighted:
    """Texts as weighted terms.

    Attributes
    ----------
    terms : tuple of str
        In alphabetical order.
    weights : (n_texts, n_terms) float
        Each row of length 1, or of zeros where a text holds no term.
    """

    terms: tuple[str, ...]
    weights: FloatArray

    @property
    def has_terms(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether each text holds a term at all, shape (n_texts,)."""
        return np.asarray(np.any(self.weights > 0, axis=1))

    def cosines(self) -> FloatArray:
        """Return how alike each pair of texts is, shape (n_texts, n_texts): 0 nothing shared, 1 the same."""
        return np.clip(self.weights @ self.weights.T, 0.0, 1.0)


def words_in(text: str) -> list[str]:
    """Return the words of a text, in small letters: three letters or more, and no function words.

    Letters of every script count; Greek words lose their stress marks, as they do in capitals.

    Examples
    --------
    >>> words_in("The ÄLDRE and Οι ΗΛΙΚΙΩΜΕΝΟΙ ηλικιωμένοι")
    ['äldre', 'ηλικιωμενοι', 'ηλικιωμενοι']
    """
    plain = unicodedata.normalize("NFC", text.casefold())
    found = (each for each in _WORD.findall(plain) if each not in FUNCTION_WORDS)
    return [_without_stress(each) for each in found]


def _without_stress(word: str) -> str:
    if not "\u0370" <= word[0] <= "\u03ff":
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(each for each in parts if each not in (_TONOS, _DIALYTIKA_TONOS))


def term_weights(texts: Sequence[Sequence[str]]) -> Weighted:
    """Return how much each term says about each text: term frequency × inverse document frequency.

    w = tf · (ln((1 + n) / (1 + df)) + 1), and each text brought to length 1. The ones keep a little weight
    for a term that stands in every text, so that two texts of the same words are alike in any register.

    Parameters
    ----------
    texts : sequence of sequences of str
        The terms of each text, as often as they stand there.

    Source
    ------
    Spärck Jones (1972), Journal of Documentation 28(1); Salton & Buckley (1988), Information Processing &
    Management 24(5).
    """
    counts = [Counter(each) for each in texts]
    terms = tuple(sorted(set().union(*counts)))
    place = {term: i for i, term in enumerate(terms)}
    frequencies = np.zeros((len(texts), len(terms)))
    for i, counted in enumerate(counts):
        for term, count in counted.items():
            frequencies[i, place[term]] = count
    return Weighted(terms, _tf_idf(frequencies))


def _tf_idf(frequencies: FloatArray) -> FloatArray:
    weights = frequencies * (np.log((1 + len(frequencies)) / (1 + (frequencies > 0).sum(axis=0))) + 1)
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return np.asarray(np.divide(weights, lengths, out=np.zeros_like(weights), where=lengths > 0))
