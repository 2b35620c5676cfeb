// Lists programs that play or download a URL. Each program writes the received sound or bytes to a file. The commands
// set only the output. The programs use their default network settings, as for most users.

export type Form = "mp3" | "hls";

export interface Program {
  readonly name: string;
  /** The name of the executable. */
  readonly program: string;
  readonly forms: readonly Form[];
  /** The format of the output. "sound": 16-bit stereo samples; "bytes": the bytes as they were received. */
  readonly gives: "sound" | "bytes";
  /** Additional environment variables. They name the output file if the program has no option for the file. */
  readonly environment?: (file: string) => Readonly<Record<string, string>>;
  /** The command that plays or downloads the URL. The output file of a program that gives sound has no header. */
  readonly command: (url: string, file: string) => readonly string[];
  /** Whether the program refuses to run as root. */
  readonly isNeverRoot?: boolean;
}

const gstSink = (file: string) => [
  "audioconvert",
  "!",
  "audioresample",
  "!",
  "audio/x-raw,format=S16LE,channels=2,rate=44100",
  "!",
  "filesink",
  `location=${file}`,
  "sync=true",
  "buffer-mode=unbuffered",
];

export const programs: readonly Program[] = [
  {
    name: "ffmpeg",
    program: "ffmpeg",
    forms: ["mp3", "hls"],
    gives: "sound",
    command: (url, file) => [
      "ffmpeg",
      "-nostdin",
      "-v",
      "error",
      "-i",
      url,
      "-ac",
      "2",
      "-ar",
      "44100",
      "-f",
      "s16le",
      "-flush_packets",
      "1",
      "-y",
      file,
    ],
  },
  {
    name: "ffplay",
    program: "ffplay",
    forms: ["mp3", "hls"],
    gives: "sound",
    environment: (file) => ({ SDL_AUDIODRIVER: "disk", SDL_DISKAUDIOFILE: file }),
    command: (url) => ["ffplay", "-nodisp", "-autoexit", "-v", "error", url],
  },
  {
    name: "mpv",
    program: "mpv",
    forms: ["mp3", "hls"],
    gives: "sound",
    command: (url, file) => [
      "mpv",
      "--no-config",
      "--no-video",
      "--no-terminal",
      "--ao=pcm",
      "--ao-pcm-waveheader=no",
      `--ao-pcm-file=${file}`,
      "--audio-format=s16",
      "--audio-channels=stereo",
      "--audio-samplerate=44100",
      url,
    ],
  },
  {
    name: "VLC",
    program: "cvlc",
    forms: ["mp3", "hls"],
    gives: "sound",
    isNeverRoot: true,
    command: (url, file) => [
      "cvlc",
      "--play-and-exit",
      "--no-video",
      "--aout=afile",
      `--audiofile-file=${file}`,
      "--audiofile-format=s16",
      "--audiofile-channels=2",
      "--no-audiofile-wav",
      url,
    ],
  },
  {
    name: "mpg123",
    program: "mpg123",
    forms: ["mp3"],
    gives: "sound",
    command: (url, file) => ["mpg123", "-q", "-e", "s16", "--stereo", "-r", "44100", "-O", file, url],
  },
  {
    name: "GStreamer souphttpsrc",
    program: "gst-launch-1.0",
    forms: ["mp3"],
    gives: "sound",
    command: (url, file) => [
      "gst-launch-1.0",
      "-q",
      "souphttpsrc",
      `location=${url}`,
      "!",
      "mpegaudioparse",
      "!",
      "mpg123audiodec",
      "!",
      ...gstSink(file),
    ],
  },
  {
    name: "GStreamer playbin",
    program: "gst-launch-1.0",
    forms: ["mp3", "hls"],
    gives: "sound",
    command: (url, file) => [
      "gst-launch-1.0",
      "-q",
      "playbin",
      `uri=${url}`,
      `audio-sink=${gstSink(file).join(" ")}`,
    ],
  },
  {
    name: "curl",
    program: "curl",
    forms: ["mp3"],
    gives: "bytes",
    command: (url, file) => ["curl", "-sfN", "-o", file, url],
  },
  {
    name: "wget",
    program: "wget",
    forms: ["mp3"],
    gives: "bytes",
    command: (url, file) => ["wget", "-q", "-O", file, url],
  },
];
