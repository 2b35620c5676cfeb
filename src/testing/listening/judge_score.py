"""Measures the notes in the MIDI file of a piece: steps and phrases of the tune, repetition, and controller events."""

import mido
import numpy as np
import pretty_midi


def pitched_notes(midi):
    return [note for track in midi.instruments if not track.is_drum for note in track.notes]


def sections_of(path):
    """Returns the kind of each section, with its start and its end in seconds."""
    now, marks = 0.0, []
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "marker":
            marks.append((message.text, now))
    ends = [start for _, start in marks[1:]] + [now]
    return [(kind, start, end) for (kind, start), end in zip(marks, ends)]


def judge_score(path):
    """
    Returns the measured values by name. A value is None if the score has no notes from which it can be calculated.
    Exceptions: `recycled` is 0 if no bar has pitched notes; `chordsAsBefore` and `bassAsBefore` are 0 if the track
    exists, but has no two successive bars with notes.
    """
    midi = pretty_midi.PrettyMIDI(path)
    tracks = {track.name.split(" (")[0]: track for track in midi.instruments}
    bars = midi.get_downbeats()
    tune = sorted(tracks["Melody"].notes, key=lambda note: note.start) if "Melody" in tracks else []
    steps = np.diff([note.pitch for note in tune])
    numbers = {number for track in midi.instruments for number in [change.number for change in track.control_changes]}
    return {
        "hasDrums": any(track.is_drum and track.notes for track in midi.instruments),
        "controllers": sorted(numbers),
        "same": share(steps == 0),
        "steps": share((np.abs(steps) >= 1) & (np.abs(steps) <= 2)),
        "thirds": share((np.abs(steps) >= 3) & (np.abs(steps) <= 4)),
        "leaps": share(np.abs(steps) >= 5),
        "stepsUpToDown": ratio((steps > 0) & (steps <= 2), (steps < 0) & (steps >= -2)),
        "leapsUpToDown": ratio((steps >= 5) & (steps < 12), (steps <= -5) & (steps > -12)),
        "phrase": phrase_of(tune, midi),
        "recycled": recycled(midi, bars),
        "chordsAsBefore": as_before(tracks.get("Chords"), bars),
        "bassAsBefore": as_before(tracks.get("Bass"), bars),
    }


def share(flags):
    return float(np.mean(flags)) if len(flags) > 0 else None


def ratio(one, other):
    return float(np.sum(one) / np.sum(other)) if np.sum(other) > 0 else None


def phrase_of(tune, midi):
    """The mean number of notes in a phrase. Phrases are separated by rests longer than three quarters of a beat."""
    if len(tune) < 2:
        return None
    beat = 60 / midi.get_tempo_changes()[1].mean()
    rests = sum(after.start - before.end > 0.75 * beat for before, after in zip(tune, tune[1:]))
    return len(tune) / (rests + 1)


def in_bars(notes, bars):
    """
    Returns a set of pairs for each bar. Each pair has the position of a note, in sixteenths of the bar's length, and
    the pitch of the note. The last bar counts as two seconds long.
    """
    contents = [set() for _ in bars]
    for note in notes:
        at = max(0, int(np.searchsorted(bars, note.start + 0.03, side="right")) - 1)
        length = (bars[at + 1] if at + 1 < len(bars) else bars[at] + 2) - bars[at]
        contents[at].add((round((note.start - bars[at]) / length * 48 / 3), note.pitch))
    return [frozenset(content) for content in contents]


def recycled(midi, bars):
    """The share of bars that repeat the pitched notes of any earlier bar. Only bars with pitched notes count."""
    seen = set()
    again = 0
    contents = [content for content in in_bars(pitched_notes(midi), bars) if content]
    for content in contents:
        again += content in seen
        seen.add(content)
    return again / max(1, len(contents))


def as_before(track, bars):
    """The share of bars with the same rhythm as the bar before. A pair with an empty bar is left out."""
    if track is None:
        return None
    rhythms = [frozenset(at for at, _ in content) for content in in_bars(track.notes, bars)]
    pairs = [(before, after) for before, after in zip(rhythms, rhythms[1:]) if before and after]
    return sum(before == after for before, after in pairs) / max(1, len(pairs))
