#!/usr/bin/env python3
"""Writes every Swift example of the README, the articles and the doc comments into one module that must compile.

    python3 Tests/snippets.py ROOT DIRECTORY     # one file an example, named after the place where it stands

An example is compiled as the body of a function. What it does not declare itself comes from Tests/Snippets. Lines of a
package manifest, which begin with a period, are no program and are left out.
"""

import re
import sys
from pathlib import Path

FENCE = re.compile(r"^(?P<prefix>\s*(?:///\s?)?)```(?P<language>\w*)\s*$")


def examples(path):
    """The Swift examples of a file, each with the number of its first line."""
    lines, start, language = [], None, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if fence and start is None:
            start, language, prefix, lines = number + 1, fence["language"], fence["prefix"], []
        elif fence:
            if language == "swift":
                yield start, lines
            start = None
        elif start is not None:
            lines.append(line[len(prefix):] if line.startswith(prefix) else line.strip().removeprefix("///"))


def program(lines, name, place, modules):
    """An example as a function. One without imports goes on where an earlier one of its article ended."""
    imports = [line for line in lines if line.startswith("import ")] or [f"import {module}" for module in modules]
    body = [line for line in lines if not line.startswith("import ")]
    return "\n".join([
        *imports, "",
        f"func {name}() async throws {{", f'#sourceLocation(file: "{place[0]}", line: {place[1]})', *body,
        "#sourceLocation()", "}", "",
    ])


def main(root, directory):
    root, directory = Path(root), Path(directory)
    articles = [root / "README.md", *sorted(root.glob("Sources/*/*.docc/*.md"))]
    sources = sorted(root.glob("Sources/*/**/*.swift"))
    count = 0
    for path in articles + sources:
        for start, lines in examples(path):
            if lines and lines[0].startswith("."):
                continue
            count += 1
            name = f"example{count}"
            place = (str(path), start)
            modules = ["Foundation", "OmniPipeline"]
            if path != root / "README.md":
                modules += ["OmniTensor", path.relative_to(root / "Sources").parts[0]]
            (directory / f"{name}.swift").write_text(program(lines, name, place, modules))
    print(f"{count} examples")


main(*sys.argv[1:])
