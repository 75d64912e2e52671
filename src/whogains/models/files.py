"""Fitted models from files: ONNX and skops, and pickles when they are trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whogains.errors import InputError
from whogains.models.extras import needed
from whogains.models.model import told
from whogains.models.onnx import ClassifierOutput, OnnxModel

PICKLES = (".pkl", ".pickle", ".joblib")
# A description of numbers that runs nothing; common pipelines hold one.
HARMLESS = ("numpy.dtype",)


def load_model(
    path: str | Path, *, output: ClassifierOutput | None = None, trust_pickle: bool = False
) -> Any:
    """Load a fitted model from a file.

    Parameters
    ----------
    path : str or Path
        An ONNX model (``.onnx``), a scikit-learn model saved by skops (``.skops``), or a pickle
        (``.pkl``, ``.pickle``, ``.joblib``).
    output : {"logit", "probability"}, optional
        For an ONNX classifier that returns one number per row: what it is.
    trust_pickle : bool
        Whether to load a pickle, or a skops file with types that skops does not trust (those of
        scikit-learn's trees among them). Loading one can run whatever program its maker put into
        it.

    Returns
    -------
    object
        A model for `adapt_model`, or for ``generic=`` and ``personalized=`` of an audit.

    Raises
    ------
    InputError
        If the file cannot be read, is of another kind, or must be trusted and is not.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"no such model file: {path}")
    kind = path.suffix.lower()
    if kind in PICKLES and not trust_pickle:
        raise InputError(
            f"{path} is a pickle: loading it runs whatever program its maker put into it, with"
            " your rights. Export the model to ONNX or skops; or, if you made the file yourself"
            " or trust whoever did, say --trust-pickle (trust_pickle=True)"
        )
    try:
        if kind == ".onnx":
            return _onnx(path, output)
        if kind == ".skops":
            return _skops(path, trust_pickle=trust_pickle)
        if kind in PICKLES:
            import joblib

            return joblib.load(path)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path} cannot be loaded: {told(error)}") from error
    raise InputError(f"{path}: a model file ends in .onnx, .skops, {', '.join(PICKLES)}")


def _onnx(path: Path, output: ClassifierOutput | None) -> OnnxModel:
    needed("onnxruntime", str(path), extra="onnx")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Errors come back as exceptions; the rest of the log would go to standard error.
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return OnnxModel(session, output)


def _skops(path: Path, *, trust_pickle: bool) -> Any:
    needed("skops", str(path), extra="skops")
    from skops import io

    strange = [kind for kind in io.get_untrusted_types(file=path) if kind not in HARMLESS]
    if strange and not trust_pickle:
        raise InputError(
            f"{path} holds types that skops does not trust ({', '.join(strange)}): a file made to"
            " harm can crash this program or run another through them. Export the model to ONNX;"
            " or, if you made the file yourself or trust whoever did, say --trust-pickle"
            " (trust_pickle=True)"
        )
    return io.load(path, trusted=[*strange, *HARMLESS])
