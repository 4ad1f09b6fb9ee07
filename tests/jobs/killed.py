"""Kill a batch at random moments and resume it: a campaign.

``python -m tests.jobs.killed --kills 200`` says how many kills there were and what was
found wrong; it ends with 1 if anything was. Its workers import this module as they
start, and must be quick to see that their batch is gone: so it imports nothing before.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from tests.jobs.kills import main

    sys.exit(main())
