// Looks for the programs that tests need, such as Chromium and ffmpeg. Reports missing programs. Installs them only on
// request.
import { runsLongTests } from "../long-tests.ts";
import { onCi } from "./on-ci.ts";

interface Tool {
  readonly program: string;
  /** The Debian packages to install for the program, separated by blanks. */
  readonly debian: string;
  readonly neededFor: string;
}

const packagesOf: Readonly<Record<string, string>> = {
  ffplay: "ffmpeg",
  WebKitWebDriver: "webkit2gtk-driver gstreamer1.0-plugins-good",
  Xvfb: "xvfb",
  cvlc: "vlc-bin vlc-plugin-base",
  "gst-launch-1.0": "gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-plugins-bad",
};

const tools: readonly Tool[] = [
  { program: "chromium", debian: "chromium", neededFor: "the tests of the page in a browser" },
  ...(runsLongTests ? ["firefox-esr", "WebKitWebDriver", "Xvfb"] : []).map((program) => ({
    program,
    debian: packagesOf[program] ?? program,
    neededFor: "the tests of the page in Firefox and WebKitGTK",
  })),
  { program: "ffmpeg", debian: "ffmpeg", neededFor: "the tests that decode and measure the sound" },
  { program: "unzip", debian: "unzip", neededFor: "the tests that open an archive" },
  { program: "redis-server", debian: "redis-server", neededFor: "the tests of stores that instances share" },
  { program: "openssl", debian: "openssl", neededFor: "the tests of encrypted connections" },
  { program: "nginx", debian: "nginx", neededFor: "the tests of the proxy's configuration" },
  ...["ffplay", "mpv", "cvlc", "mpg123", "gst-launch-1.0", "curl", "wget"].map((program) => ({
    program,
    debian: packagesOf[program] ?? program,
    neededFor: "the tests with common audio players",
  })),
  { program: "pgbouncer", debian: "pgbouncer", neededFor: "the tests of a pooler in front of Postgres" },
  {
    program: "python3",
    debian: "python3-venv",
    neededFor: "the tests that read Rondo's files with Python libraries, and those of the Python generator",
  },
];

const missingTools = () => tools.filter(({ program }) => Bun.which(program) === null);

export interface EnsureToolsOptions {
  /** Whether to install missing tools with apt-get, which changes this machine and needs root. */
  readonly install: boolean;
}

/**
 * If `install` is true, installs missing tools. This needs apt-get, and a process that runs as root. A failure of
 * apt-get is not thrown. Afterwards, prints a line for each tool that is still missing, with the tests that are
 * skipped. On CI, throws at the first tool that is still missing.
 */
export async function ensureTools({ install }: EnsureToolsOptions): Promise<void> {
  const missing = missingTools();
  if (missing.length === 0) return;
  if (install && Bun.which("apt-get") !== null && process.getuid?.() === 0) {
    console.log(`Installing ${missing.map(({ debian }) => debian).join(", ")} for the tests…`);
    await run(["apt-get", "update", "-q"]);
    await run([
      "apt-get",
      "install",
      "-y",
      "-q",
      "--no-install-recommends",
      ...missing.flatMap(({ debian }) => debian.split(" ")),
    ]);
  }
  for (const { program, neededFor } of missingTools()) {
    console.log(`${program} is not installed, so ${neededFor} are skipped. ${howToInstall}`);
    if (onCi) throw new Error(`${program} is missing, and on CI nothing is skipped`);
  }
}

const howToInstall = "`bun run test --install-tools` installs it with apt-get.";

async function run(command: string[]): Promise<void> {
  const child = Bun.spawn(command, {
    stdout: "ignore",
    stderr: "inherit",
    env: { ...Bun.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  await child.exited;
}
