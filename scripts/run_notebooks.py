"""Run the notebooks in examples/ in an empty folder; an error in a cell is an error.

    python scripts/run_notebooks.py [--write] examples/*.ipynb

``--write`` keeps what they show.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import nbformat
from nbclient import NotebookClient


def run(path: Path) -> nbformat.NotebookNode:
    """Run a notebook; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times, which differ from run to run
        # What libraries say on standard error names folders of the machine.
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
    return notebook


def main(arguments: list[str]) -> None:
    """Run notebooks, and say how long each took."""
    for path in (Path(each) for each in arguments if each != "--write"):
        start = monotonic()
        made = run(path)
        print(f"{path}: {monotonic() - start:.0f} s")
        if "--write" in arguments:
            nbformat.write(made, path)


if __name__ == "__main__":
    main(sys.argv[1:])
