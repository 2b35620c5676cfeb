"""Reads a MusicXML file with music21, and prints its notes, chord symbols, keys, meters, tempos and sections as JSON.

The first argument is the path of the file. Only the title and the tempos are read from the whole score; everything
else is read from the first part. Tied notes count as one note. Notes that are written as a chord are left out.

Positions and lengths are in sixteenths. `lengths` contains each different length of a measure only once.
"""

import json
import sys

import music21

score = music21.converter.parse(sys.argv[1])
part = score.parts[0].stripTies()
measures = list(part.getElementsByClass("Measure"))
notes = []
for note in part.recurse().notes:
    if isinstance(note, music21.note.Note):
        notes.append([round(float(note.getOffsetInHierarchy(part)) * 4), note.pitch.midi])
chords = [
    [round(float(chord.getOffsetInHierarchy(part)) * 4), sorted(chord.pitchClasses)]
    for chord in part.recurse().getElementsByClass("ChordSymbol")
]
print(
    json.dumps(
        {
            "title": score.metadata.title,
            "measures": len(measures),
            "lengths": sorted({round(float(measure.quarterLength) * 4) for measure in measures}),
            "notes": notes,
            "chords": chords,
            "sharps": [key.sharps for key in part.recurse().getElementsByClass("KeySignature")],
            "meters": [meter.ratioString for meter in part.recurse().getElementsByClass("TimeSignature")],
            "quartersPerMinute": [mark.getQuarterBPM() for mark in score.recurse().getElementsByClass("MetronomeMark")],
            "sections": [mark.content for mark in part.recurse().getElementsByClass("RehearsalMark")],
        }
    )
)
