"""Running the networks: one OpenVINO runtime for ONNX and TFLite weights, one thread a process, float32.

One runtime instead of two, and the quickest of those tried: `docs/decisions/0003-openvino.md`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from gradphoto.portrait.weights import WeightsError, model_file

# f32 is asked for because some processors would otherwise take bf16, and two machines would give two portraits.
CPU = {
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
    "INFERENCE_PRECISION_HINT": "f32",
    "ENABLE_CPU_PINNING": False,
}


class Network:
    """A compiled network with one input of a fixed shape. Not for use by two threads at once."""

    def __init__(self, name: str, shape: tuple[int, ...] | None = None) -> None:
        file = model_file(name)
        try:
            model = _core().read_model(file.path)
            if shape is not None:
                model.reshape(list(shape))
            compiled = _core().compile_model(model, "CPU", CPU)
        except RuntimeError:
            raise WeightsError(
                "model_unusable",
                f"模型文件 {file.path} 不是可用的 {name} 模型。请检查环境变量中的路径，或运行 gradphoto models fetch。",
                f"{file.path} is no usable {name} model. Check the path in the environment, or run gradphoto models fetch.",
            ) from None
        self.input_shape: tuple[int, ...] = tuple(compiled.inputs[0].shape)
        self._request = compiled.create_infer_request()
        self._outputs = len(compiled.outputs)

    def __call__(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """All outputs for one input of `input_shape`, float32, copied out of the runtime's memory."""
        self._request.infer({0: ov.Tensor(np.ascontiguousarray(batch, dtype=np.float32), shared_memory=True)})
        return [self._request.get_output_tensor(i).data.copy() for i in range(self._outputs)]


@cache
def _core() -> ov.Core:
    return ov.Core()


@cache
def network(name: str, shape: tuple[int, ...] | None = None) -> Network:
    """The network `name`, compiled once a process. `shape` fixes the input where the file leaves it open."""
    return Network(name, shape)
