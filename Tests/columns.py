#!/usr/bin/env python3
"""Fails when a comment of a Swift file is wider than 120 columns: the formatter leaves comments alone.

    git ls-files -z '*.swift' | xargs -0 python3 Tests/columns.py

Rows of tables are not divided.
"""

import sys
from pathlib import Path

LIMIT = 120

wide = [
    f"{path}:{number}: {len(line)} columns"
    for path in sys.argv[1:]
    for number, line in enumerate(Path(path).read_text().splitlines(), 1)
    if len(line) > LIMIT and line.lstrip().startswith("//") and not line.lstrip().startswith("/// |")
]
if wide:
    sys.exit("\n".join(wide))
