"""Models of gradient boosting as their libraries train them, as estimators of the same library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.errors import InputError, one_line

if TYPE_CHECKING:
    from whogains.types import Task

# How each library is asked for what its trees add up to.
RAW_SCORE: dict[str, dict[str, Any]] = {
    "lightgbm": {"raw_score": True},
    "xgboost": {"output_margin": True},
    "catboost": {"prediction_type": "RawFormulaVal"},
}


def as_estimator(model: Any, task: Task, name: str) -> Any:
    """Give what `xgboost.train` and `catboost.train` return the methods of an estimator.

    Parameters
    ----------
    model : object
        Any model.
    task : {"classification", "regression"}
        What it predicts.
    name : str
        What to call it in an error.

    Returns
    -------
    object
        An estimator with the same trees and the names of the same columns; what is no Booster of
        XGBoost and no plain model of CatBoost is passed on.

    Raises
    ------
    InputError
        If it was trained for another task.
    """
    kind = type(model).__module__.partition(".")[0], type(model).__name__
    if kind not in {("xgboost", "Booster"), ("catboost", "CatBoost")}:
        return model
    try:
        return _xgboost(model, task) if kind[0] == "xgboost" else _catboost(model, task)
    # What these libraries raise where the task is another one has no common kind.
    except Exception as error:
        raise InputError(
            f"the {name} model ({'.'.join(kind)}) cannot be used for {task}: {one_line(error)}"
        ) from error


def _xgboost(booster: Any, task: Task) -> Any:
    import xgboost

    made = xgboost.XGBClassifier() if task == "classification" else xgboost.XGBRegressor()
    made.load_model(bytearray(booster.save_raw("ubj")))
    return made


def _catboost(model: Any, task: Task) -> Any:
    import catboost

    return (
        catboost.to_classifier(model) if task == "classification" else catboost.to_regressor(model)
    )


def has_categories(estimator: Any) -> bool:
    """Say whether a model of CatBoost splits on categories, which are whole numbers or text.

    Parameters
    ----------
    estimator : object
        Any model, fitted or not.

    Returns
    -------
    bool
        Whether it does.
    """
    if type(estimator).__module__.partition(".")[0] != "catboost":
        return False
    fitted = getattr(estimator, "is_fitted", None)
    if fitted is not None and fitted():
        return len(estimator.get_cat_feature_indices()) > 0
    return bool(estimator.get_params().get("cat_features"))


def boosted_by(estimator: Any) -> str | None:
    """Find the library of gradient boosting that an estimator comes from.

    Parameters
    ----------
    estimator : object
        A fitted estimator.

    Returns
    -------
    str or None
        "lightgbm", "xgboost" or "catboost"; None for any other.
    """
    library = type(estimator).__module__.partition(".")[0]
    if library not in RAW_SCORE or not hasattr(estimator, "predict"):
        return None
    linear = getattr(estimator, "booster", None) == "gblinear"
    return None if linear else library
