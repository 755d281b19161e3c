import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios.engines import engine_of
from innosi.scenarios.engines.gpu import Gpu, _DeviceDraws
from innosi.scenarios.sampling.plan import BLOCK, SamplingPlan, Settings
from innosi.scenarios.simulation import simulate

# PyTorch reckons the same way on a processor: tensors are tested wherever PyTorch is installed, and a GPU
# itself where there is one.


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'innosi[gpu]'")
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("there is no GPU here")
    return request.param


DISTRIBUTIONS = """
  outcomes:
    savings: {title: S, stakeholder: city, quantity: 'lognormal(mu=3, sigma=0.4)', perspective: fiscal,
      financial_proxy: 'triangular(100, 300, 900)', duration: 4, deadweight: 'pert(0.1, 0.2, 0.5)',
      attribution: 'beta(2, 6)', displacement: 'uniform(0, 0.1)',
      drop_off: 'discrete([0.1, 0.3], [0.4, 0.6])'}
    later: {title: L, stakeholder: city, quantity: 5, start: 2, perspective: social,
      financial_proxy: 'mixture([normal(100, 10), uniform(300, 400)], [0.5, 0.5])', duration: 2.5,
      counterfactual_quantity: 1 .. 2}
    told: {title: T, stakeholder: city, quantity: 3 .. 9, duration: 1, perspective: social}
"""
TEXT = f"""
title: Many kinds of numbers
model: value_map
currency: EUR
base:
  discount_rate: 3.5%
  stakeholders: {{city: City}}
  inputs: {{grant: {{stakeholder: city, amount: €8k .. €12k}}}}
{DISTRIBUTIONS}
"""


def same(scenarios, noon, device, **settings):
    there = simulate(scenarios, at=noon, engine=Gpu(device), **settings)
    here = simulate(scenarios, at=noon, **settings)
    pd.testing.assert_frame_equal(there.summary(), here.summary(), rtol=1e-9)
    pd.testing.assert_frame_equal(there.frame(), here.frame(), rtol=1e-11)


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_draws_are_those_of_the_processor(load, device, sampling):
    (experiment,) = load(TEXT).experiments
    plan = SamplingPlan.of(Settings(7, 10**6, sampling), [experiment.estimates])
    workspace = plan.workspace()
    for start in (0, 50 * BLOCK):
        here = plan.draw(start, BLOCK, workspace)
        there = _DeviceDraws(plan, device).draw(start, BLOCK).cpu().numpy()
        np.testing.assert_allclose(there, here, rtol=1e-13)


def test_the_far_tails_are_exact_too(load, device):
    (experiment,) = load(TEXT).experiments
    plan = SamplingPlan.of(Settings(7, 10**7), [experiment.estimates])
    workspace, draws, n_beyond = plan.workspace(), _DeviceDraws(plan, device), 0
    for start in range(0, 60 * BLOCK, BLOCK):
        here = plan.draw(start, BLOCK, workspace)
        n_beyond += int(workspace.n_beyond.sum())
        np.testing.assert_allclose(draws.draw(start, BLOCK).cpu().numpy(), here, rtol=1e-13)
    assert n_beyond > 0


def test_a_run_gives_the_same_as_on_threads(load, noon, device):
    same(load(TEXT), noon, device, draws=150_000, keep=1000)


def test_events_series_and_correlations_are_reckoned_as_everywhere(garden, noon, device):
    same(garden, noon, device, draws=70_000, keep=100)
    same(replace(garden, sampling="sobol"), noon, device, draws=5000)


def test_a_draw_that_cannot_be_used_is_told_with_its_place(load, garden_text, noon, device):
    text = garden_text.replace("amount: €30k .. €50k", "amount: 0").replace("hours: 1000", "hours: 0")
    with pytest.raises(InnosiError, match=r"scenario as_hoped, option small: the inputs are nought"):
        simulate(load(text), at=noon, engine=Gpu(device))


def test_without_pytorch_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InnosiError, match="PyTorch is not installed") as caught:
        engine_of(gpu=True)
    assert caught.value.mend == "pip install 'innosi[gpu]'"


def test_without_a_gpu_the_error_says_so():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'innosi[gpu]'")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(InnosiError, match="finds no GPU"):
        Gpu()


@pytest.mark.parametrize("other", [{"cluster": "local"}, {"workers": 2}])
def test_a_gpu_takes_no_workers(other):
    with pytest.raises(InnosiError, match="neither a cluster nor a number of workers"):
        engine_of(gpu=True, **other)
