"""Measures the sound of a piece: tempo, key, bar length, drums, notes, stereo, loudness of sections, and repetition."""

import contextlib
import io

import librosa
import mir_eval
import numpy as np
import pretty_midi
import pyloudnorm
from basic_pitch import ICASSP_2022_MODEL_PATH
from basic_pitch.inference import Model, predict
from judge_score import pitched_notes, sections_of

RATE = 22_050
HOP = 512
transcriber = Model(ICASSP_2022_MODEL_PATH)

# Krumhansl and Kessler (1982): how well each tone fits in C major and in C minor.
MAJOR = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
MINOR = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]


def measure_sound(asked):
    """Measures stereo width, brightness, loudness and repetition, which need no recognition of notes, beats or keys."""
    stereo, rate = librosa.load(asked["mp3"], sr=None, mono=False)
    return {
        "sideToMid": decibels(rms(stereo[0] - stereo[1]) / rms(stereo[0] + stereo[1])),
        "octave8k": octave_at_8k(stereo, rate),
        "lufs": float(pyloudnorm.Meter(rate).integrated_loudness(stereo.T)),
        "sections": [
            {"kind": kind, "lufs": loudness(stereo, rate, start, end)}
            for kind, start, end in sections_of(asked["midi"])
        ],
        "repeats": repeats_of(librosa.resample(stereo.mean(axis=0), orig_sr=rate, target_sr=RATE)),
    }


def hear_sound(asked):
    """Recognizes tempo, key, bar length, drums and notes in the audio.

    The recognized notes and onsets are compared with the score of the piece. As a control, they are also compared with
    the score of another piece.
    """
    mono, _ = librosa.load(asked["mp3"], sr=RATE)
    harmonic, percussive = librosa.effects.hpss(mono, margin=3.0)
    chroma = librosa.feature.chroma_cqt(y=harmonic, sr=RATE)
    with contextlib.redirect_stdout(io.StringIO()):
        _, _, heard = predict(asked["mp3"], transcriber)
    weights = np.zeros(12)
    for start, end, pitch, amplitude, _ in heard:
        weights[int(pitch) % 12] += (end - start) * amplitude
    midi = pretty_midi.PrettyMIDI(asked["midi"])
    other = pretty_midi.PrettyMIDI(asked["other"])
    onsets = librosa.onset.onset_detect(y=mono, sr=RATE, units="time")
    tempo, _ = librosa.beat.beat_track(y=mono, sr=RATE)
    return {
        "bpm": float(np.atleast_1d(tempo)[0]),
        "keyByChroma": key_of(chroma.mean(axis=1)),
        "keyByNotes": key_of(weights),
        "barEighths": bar_of(mono, chroma, asked["eighth"]),
        "percussive": decibels(rms(percussive) / rms(harmonic)),
        "notes": found_share(heard, midi),
        "notesOfOther": found_share(heard, other),
        "onsets": onset_precision(onsets, midi),
        "onsetsOfOther": onset_precision(onsets, other),
    }


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples)))) + 1e-9


def decibels(ratio):
    return float(20 * np.log10(ratio))


def key_of(weights):
    """Returns the key whose profile fits `weights` best: the tonic, 0 (C) to 11, and whether the key is minor."""
    fits = [
        (np.corrcoef(np.roll(profile, tonic), weights)[0, 1], tonic, minor)
        for profile, minor in ((MAJOR, False), (MINOR, True))
        for tonic in range(12)
    ]
    _, tonic, minor = max(fits)
    return [int(tonic), minor]


def bar_of(mono, chroma, eighth):
    """Returns the length of a bar in eighth notes.

    Of the lengths 6, 7, 8 and 10, this is the length after which rhythm and harmony repeat most clearly.
    `eighth` is the planned length of an eighth note in seconds.
    """
    bands = librosa.onset.onset_strength_multi(y=mono, sr=RATE, hop_length=HOP, channels=[0, 16, 48, 128])
    change = np.maximum(0, np.diff(chroma, axis=1, prepend=chroma[:, :1])).sum(axis=0)
    size = min(bands.shape[1], len(change))
    rows = [*bands[:, :size], change[:size]]
    curves = [librosa.autocorrelate((row - row.mean()) / (row.std() + 1e-9)) / size for row in rows]

    def strength(eighths):
        lags = [round(eighths * times * eighth * RATE / HOP) for times in (1, 2, 3, 4)]
        return np.mean([curve[max(0, lag - 1) : lag + 2].max() for curve in curves for lag in lags if lag + 2 < size])

    return max((6, 7, 8, 10), key=strength)


def intervals_of(notes):
    return np.array([[start, max(end, start + 0.02)] for start, end, _ in notes])


def found_share(heard, midi):
    """The F measure of the recognized notes, from 0 to 1.

    A recognized note is right if a note of the score has the same pitch, and the two notes begin at most 50 ms apart.
    """
    written = [(note.start, note.end, note.pitch) for note in pitched_notes(midi)]
    transcribed = [(float(start), float(end), int(pitch)) for start, end, pitch, _, _ in heard]
    if not written or not transcribed:
        return 0.0
    to_hertz = lambda notes: mir_eval.util.midi_to_hz(np.array([pitch for _, _, pitch in notes]))  # noqa: E731
    _, _, share, _ = mir_eval.transcription.precision_recall_f1_overlap(
        intervals_of(written), to_hertz(written), intervals_of(transcribed), to_hertz(transcribed), offset_ratio=None
    )
    return float(share)


def onset_precision(onsets, midi):
    """The share of the heard onsets that are within 50 ms of the beginning of a note in the score."""
    written = np.unique([note.start for track in midi.instruments for note in track.notes])
    return float(mir_eval.onset.f_measure(written, onsets)[1])


def octave_at_8k(stereo, rate):
    """The power of the octave around 8 kHz relative to the power of the whole sound, in dB."""
    power = np.mean(np.abs(librosa.stft(stereo.mean(axis=0))) ** 2, axis=1)
    hertz = librosa.fft_frequencies(sr=rate)
    octave = (hertz > 8_000 / 2**0.5) & (hertz < 8_000 * 2**0.5)
    return float(10 * np.log10(power[octave].sum() / power.sum()))


def loudness(stereo, rate, start, end):
    """The loudness of a section in LUFS; None if the section is not longer than a second."""
    part = stereo[:, int(start * rate) : int(end * rate)]
    return float(pyloudnorm.Meter(rate).integrated_loudness(part.T)) if part.shape[1] > rate else None


def repeats_of(mono):
    """The share of the windows of 4 s that repeat an earlier window.

    A window repeats another one if both have nearly the same spectrum and don't overlap.
    """
    mel = librosa.power_to_db(librosa.feature.melspectrogram(y=mono, sr=RATE, hop_length=1_024, n_mels=48))
    mel -= mel.mean(axis=1, keepdims=True)
    frames = round(4 * RATE / 1_024)
    windows = np.stack([mel[:, at : at + frames].ravel() for at in range(mel.shape[1] - frames)]).astype(np.float32)
    windows /= np.linalg.norm(windows, axis=1, keepdims=True)
    alike = windows @ windows.T
    return float(np.mean([at >= frames and alike[at, : at - frames + 1].max() > 0.9 for at in range(len(windows))]))
