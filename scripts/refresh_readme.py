"""Put the output of `whogains demo` into the README, as an 80-column terminal shows it.

    python scripts/refresh_readme.py

What stands before the tables is kept: who gains, on what, and what verdicts speak of.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
# The first code block after the sentence that names the files.
BLOCK = re.compile(r"(?<=audit.json`:\n\n```\n).*?(?=```)", re.DOTALL)


def demo_output() -> list[str]:
    """Run the demo and give its lines."""
    command = Path(sys.executable).parent / "whogains"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [command, "demo"],
            cwd=folder,
            env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    return [line.rstrip() for line in done.stdout.splitlines()]


def shortened(lines: list[str]) -> list[str]:
    """Keep the answer, which ends where the first cost begins."""
    first = next(
        i for i, line in enumerate(lines) if re.search(r": (prediction|explanation)\b", line)
    )
    return lines[: first - 1]


def main() -> None:
    """Rewrite the README's block."""
    text = README.read_text(encoding="utf-8")
    block = "\n".join(shortened(demo_output())) + "\n"
    README.write_text(BLOCK.sub(lambda _: block, text), encoding="utf-8")


if __name__ == "__main__":
    main()
