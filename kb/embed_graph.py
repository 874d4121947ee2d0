"""An exported graph made quick: attention in one operator, weights as int8 for each output channel.

What ONNX Runtime fuses by itself is chosen by measure (two cores with AVX-512 VNNI, 244 word pieces): attention in one
operator and Gelu alone pay; its SkipLayerNormalization takes four times as long as Add and LayerNormalization, and a
bias inside Gelu is one that the integer product can no longer take along. See `UNFUSED`.
"""

import logging
from pathlib import Path

UNFUSED = ("SkipLayerNormFusion", "BiasGeluFusion")  # ONNX Runtime's names, given to the session


def fuse(exported: Path, fused: Path, *, heads: int, width: int) -> None:
    """Attention and Gelu as single operators where the graph has BERT's shape; any other graph stays as it is.

    `width` is of a word piece's vector; 0 where unknown: then attention stays as it is.
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    options.enable_bias_gelu = options.enable_embed_layer_norm = False
    model = optimizer.optimize_model(
        str(exported),
        model_type="bert",
        num_heads=heads,
        hidden_size=width,
        optimization_options=options,
        opt_level=0,
        use_gpu=False,
    )
    model.save_model_to_file(str(fused))


def quantise(fused: Path, int8: Path) -> None:
    """Weights of matrix products as int8, a scale for each channel; activations are quantised as they come."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quiet = logging.getLogger()
    level = quiet.level
    quiet.setLevel(logging.ERROR)  # it recommends on the root logger what `fuse` has done
    try:
        quantize_dynamic(
            str(fused),
            str(int8),
            weight_type=QuantType.QInt8,
            per_channel=True,  # one scale for a whole matrix loses more
            op_types_to_quantize=["MatMul", "Attention"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    finally:
        quiet.setLevel(level)
