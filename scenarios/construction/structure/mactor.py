"""MACTOR: which actors have power over which, what each wants, and who stands with whom.

Sources
-------
Godet (1991), Actors' moves and strategies: the MACTOR method, Futures 23(6). Godet (1994), From Anticipation
to Action, UNESCO. The program MACTOR of LIPSOR, for the strongest influences and the ambivalence.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innosi.models.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Power:
    """What influence over others comes to.

    Attributes
    ----------
    influence, dependence : (n,)
        Sums of the row and of the column of each actor, without what comes back to itself.
    force : (n,)
        Coefficient of the balance of power, 1 on average; all 0 where nobody has any influence.
    """

    influence: FloatArray
    dependence: FloatArray
    force: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """How actors stand to each other over all objectives, at one order.

    Attributes
    ----------
    positions : (n actors, n objectives)
        Signs (1MAO), as given (2MAO), or weighted by force (3MAO).
    convergence, divergence : (n, n)
        CAA and DAA: the mean of both strengths, summed over the objectives on which they agree, and on which
        they differ; 0 on the diagonal.
    """

    positions: FloatArray
    convergence: FloatArray
    divergence: FloatArray

    @property
    def net(self) -> FloatArray:
        """Convergence less divergence."""
        return self.convergence - self.divergence

    @property
    def ambivalence(self) -> FloatArray:
        """How far each actor is with and against the same others: 0 for clear sides, 1 for neither.

        EQ_i = 1 − Σ_k |CAA_ik − DAA_ik| / Σ_k (CAA_ik + DAA_ik); NaN for one who shares no objective.
        """
        total = (self.convergence + self.divergence).sum(1)
        clear = np.abs(self.net).sum(1)
        return 1 - np.divide(clear, total, out=np.full(len(total), np.nan), where=total > 0)

    @property
    def mobilisation(self) -> FloatArray:
        """How much each actor is concerned: the sum of the strengths of its positions."""
        return np.abs(self.positions).sum(1)

    @property
    def in_favour(self) -> FloatArray:
        """How much stands behind each objective."""
        return np.where(self.positions > 0, self.positions, 0.0).sum(0)

    @property
    def against(self) -> FloatArray:
        """How much stands against each objective, as a number above 0."""
        return np.where(self.positions < 0, -self.positions, 0.0).sum(0)


@dataclass(frozen=True, eq=False)
class Mactor:
    """What MACTOR says of actors and objectives.

    Attributes
    ----------
    direct : (n, n)
        MDI: how strongly each row can act on each column; the diagonal is 0.
    positions : (n, m)
        2MAO: how much each actor wants (above 0) or rejects (below 0) each objective.
    """

    direct: FloatArray
    positions: FloatArray

    @cached_property
    def influences(self) -> FloatArray:
        """MIDI: direct and indirect influences; the diagonal is retroaction."""
        return direct_and_indirect(self.direct)

    @cached_property
    def strongest(self) -> FloatArray:
        """MMIDI: the strongest influence, direct or through one other."""
        return strongest_influence(self.direct)

    @cached_property
    def power(self) -> Power:
        """Influence, dependence and force by all influences (Ii, Di, Ri)."""
        return power(self.influences)

    @cached_property
    def strongest_power(self) -> Power:
        """The same by the strongest influences (IMAXi, DMAXi, Qi)."""
        return power(self.strongest)

    @property
    def net_influences(self) -> FloatArray:
        """The net scale of influences (NS): what each row has over each column, less the other way."""
        return self.influences - self.influences.T

    @cached_property
    def orders(self) -> tuple[Relations, Relations, Relations]:
        """Relations by signs, by positions as given, and by positions weighted with force."""
        return tuple(  # type: ignore[return-value]
            relations(each)
            for each in (np.sign(self.positions), self.positions, self.positions * self.power.force[:, None])
        )

    @cached_property
    def net_distances(self) -> FloatArray:
        """How far objectives go together: where actors hold both alike, less where they want one only.

        (m, m), by positions weighted with force; high is near.
        """
        return relations(self.orders[2].positions.T).net


def direct_and_indirect(direct: FloatArray) -> FloatArray:
    """Return MIDI: MIDI_ab = MDI_ab + Σ_c min(MDI_ac, MDI_cb), for a = b too (retroaction).

    Through c, a moves b as far as the weaker of both links goes.

    Parameters
    ----------
    direct : (n, n)
        MDI, with zeros on the diagonal, so that no actor is its own c.
    """
    through: FloatArray = np.minimum(direct[:, :, None], direct[None]).sum(1)
    return direct + through


def strongest_influence(direct: FloatArray) -> FloatArray:
    """Return MMIDI: max(MDI_ab, max_c min(MDI_ac, MDI_cb)); its diagonal is 0.

    It stays on the scale of the answers, and counts no influence twice.
    """
    found: FloatArray = np.maximum(direct, np.minimum(direct[:, :, None], direct[None]).max(1))
    np.fill_diagonal(found, 0.0)
    return found


def power(influences: FloatArray) -> Power:
    """Return influence, dependence and force.

    I_a = Σ_{b≠a} M_ab and D_a = Σ_{b≠a} M_ba;
    r_a = (I_a − M_aa)/Σ I × I_a/(I_a + D_a), then scaled so that their mean is 1 (so Σ I falls out).

    What comes back to an actor, M_aa, is neither influence nor dependence here, and is taken off its force;
    of MIDI it is never more than I_a. (Some texts count it in I_a and D_a, which gives other figures.)
    """
    back = influences.diagonal()
    acting, suffering = influences.sum(1) - back, influences.sum(0) - back
    both = acting + suffering
    share = np.divide(acting, both, out=np.zeros_like(both), where=both > 0)
    raw = (acting - back) * share
    force = raw * len(raw) / raw.sum() if raw.sum() > 0 else np.zeros_like(raw)
    return Power(acting, suffering, force)


def relations(positions: FloatArray) -> Relations:
    """Return convergences and divergences of the rows of a matrix of positions.

    CAA_ab = Σ_o ½(|x_ao| + |x_bo|) over the objectives o where x_ao·x_bo > 0; DAA_ab where it is below 0.
    """
    agree = np.sign(positions[:, None]) * np.sign(positions[None])
    strength = (np.abs(positions[:, None]) + np.abs(positions[None])) / 2
    convergence = np.where(agree > 0, strength, 0.0).sum(2)
    divergence = np.where(agree < 0, strength, 0.0).sum(2)
    np.fill_diagonal(convergence, 0.0)
    return Relations(positions, convergence, divergence)


def rank_of(values: FloatArray) -> IntArray:
    """Return the rank of each value, 1 for the largest; equals share it."""
    return 1 + (values[None] > values[:, None] + 1e-12).sum(1)
