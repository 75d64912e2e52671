"""shap is imported before any test, as the package itself imports it."""

from whogains.explain._shap import shap_package

shap_package()
