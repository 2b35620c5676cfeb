"""Judges pieces with tools that are independent of the composer. Reads and prints one line of JSON for each piece.

A line of the input has the paths `mp3` and `midi` of the piece. The score in the MIDI file is always judged. How the
sound is judged depends on the field `other`:

- Without `other`, the sound is only measured.
- `other` is the path of another piece's MIDI file. With `other`, the notes, beats and key are recognized in the sound.
  The recognized notes are compared with the piece's own score and, as a control, with the score of the other piece.
  The line then also needs `eighth`, the planned length of an eighth note in seconds.
"""

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
