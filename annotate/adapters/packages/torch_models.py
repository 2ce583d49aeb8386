"""Models of torch: the device that they run on, as an argument of extractors, and loading them without chatter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ....schema import DependencyError, Parameter, UsageError

DEVICE = Parameter("device", "torch device: cpu, cuda, cuda:1, mps", default="cpu")


def torch_device(device: str) -> Any:
    """Return the device of torch with this name, which need not be there.

    Raises:
        UsageError: torch knows no such device.
    """
    import torch

    try:
        return torch.device(device)
    except RuntimeError as error:
        raise UsageError(f"device={device!r} is unknown to torch. Fix: cpu, cuda, cuda:1 or mps") from error


def on_device(model: Any, device: str) -> Any:
    """Return a model on a device, ready to predict.

    Raises:
        DependencyError: The device is not there.
        UsageError: torch knows no such device.
    """
    target = torch_device(device)
    try:
        return model.to(target).eval()
    # torch raises an AssertionError if it was built without CUDA, and the others if the device does not exist
    except (AssertionError, RuntimeError, NotImplementedError) as error:
        raise DependencyError(f"device {device!r} is not available. Fix: device=cpu") from error


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Suppress the library's progress bars and reports; whatever matters in them is raised as an error."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
