"""A model of one's own: a Python function with named, unit-bearing inputs and outputs."""

from innosi.models.model import Output
from innosi.models.python_model.declaring import declaration_of, model
from innosi.models.python_model.model import Input, PythonModel

__all__ = ["Input", "Output", "PythonModel", "declaration_of", "model"]
