"""`python -m picket.paper`: a document as JSON on standard input, its PDF on standard output, at the lowest priority."""

from __future__ import annotations

import os
import sys

import msgspec

from picket.paper import pdf
from picket.paper.document import Document

if __name__ == "__main__":
    os.nice(19)
    sys.stdout.buffer.write(pdf.render(msgspec.json.decode(sys.stdin.buffer.read(), type=Document)))
