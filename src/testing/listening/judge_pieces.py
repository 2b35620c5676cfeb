"""Judges pieces by tools that know nothing of the composer. Reads a line of JSON for each piece (the paths `mp3` and `midi`, and to hear the
piece also the path `other` of another piece's MIDI as a control, and `eighth`, the planned seconds of an eighth note), and prints a line
of JSON for each."""

import json
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

from judge_score import judge_score  # noqa: E402
from judge_sound import hear_sound, measure_sound  # noqa: E402

for line in sys.stdin:
    asked = json.loads(line)
    judged = hear_sound(asked) if "other" in asked else measure_sound(asked)
    judged |= judge_score(asked["midi"])
    print(json.dumps(judged), flush=True)
