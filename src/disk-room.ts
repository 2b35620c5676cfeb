// The room on the disks that hold our files: new work is refused before they are full, and a reserve lets a full one be emptied from inside.
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config, StoreUrl } from "./config.ts";
import { AppError } from "./errors.ts";

export interface DiskRoom {
  /** By folder, one of each disk; none where every store is a server. */
  freeBytes(): Readonly<Record<string, number>>;
  isLow(): boolean;
  /** Throws STORAGE_FULL. `share`: of the room that new work leaves free, what this may still take; 0 where not given. */
  refuseWhenLow(options?: { readonly share: number }): void;
  /** Gives up the reserve where a disk is full, so that deleting has room to write. */
  makeRoom(): void;
  /** Lays the reserve by, and again when there is room after it was given up. Gives how to stop. */
  keepReserve(): () => void;
}

const mib = 1024 * 1024;
const leftFreeMax = 256 * mib;
const reserveMax = 8 * mib;
const smallDiskShare = 0.05;
const knownForMs = 100;
const lookAgainMs = 5_000;

interface Disk {
  readonly folder: string;
  readonly reserveFile: string;
  readonly reserveBytes: number;
  /** New work leaves so much free. */
  readonly leftFreeBytes: number;
  free: number;
  readAtMs: number;
}

export function createDiskRoom(config: Config): DiskRoom {
  const disks = disksOf(config);
  const freeOf = (disk: Disk): number => {
    if (performance.now() - disk.readAtMs < knownForMs) return disk.free;
    disk.readAtMs = performance.now();
    disk.free = readFree(disk.folder) ?? disk.free;
    return disk.free;
  };
  const isLow = () => disks.some((disk) => freeOf(disk) < disk.leftFreeBytes);

  function layBy(): void {
    for (const disk of disks) {
      const { reserveFile, reserveBytes, leftFreeBytes } = disk;
      if (existsSync(reserveFile) || freeOf(disk) < leftFreeBytes + reserveBytes) continue;
      try {
        fillFile(reserveFile, reserveBytes);
      } catch {
        // Another process was first, or the room has just gone: the next look sees which.
      }
    }
  }

  return {
    freeBytes: () => Object.fromEntries(disks.map((disk) => [disk.folder, freeOf(disk)])),
    isLow,
    refuseWhenLow({ share } = { share: 0 }) {
      if (!disks.some((disk) => freeOf(disk) < disk.leftFreeBytes * (1 - share))) return;
      throw new AppError("STORAGE_FULL", "There is too little room left on the disk for new work.", {
        hint: "Delete what is not needed and remove it from the trash (?purge=now), or give the disk more room.",
        retryAfterSeconds: 60,
      });
    },
    makeRoom() {
      for (const disk of disks) {
        if (freeOf(disk) > disk.reserveBytes || !existsSync(disk.reserveFile)) continue;
        rmSync(disk.reserveFile, { force: true });
        disk.readAtMs = Number.NEGATIVE_INFINITY;
      }
    },
    keepReserve() {
      layBy();
      const timer = setInterval(layBy, lookAgainMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

function disksOf({
  dataDir,
  controlUrl,
  queueUrl,
  businessUrl,
  chunksUrl,
  objectsUrl,
  diskLeftFreeBytes,
}: Config) {
  const isHere = ({ scheme }: StoreUrl) => scheme === "sqlite" || scheme === "file";
  const ofFiles = [controlUrl, queueUrl].filter(isHere).map(({ location }) => dirname(location));
  const folders = [
    ...ofFiles,
    ...[businessUrl, chunksUrl, objectsUrl].filter(isHere).map(({ location }) => location),
  ];
  const disks = new Map<number, Disk>();
  for (const folder of folders.length > 0 ? [dataDir, ...folders] : []) {
    const device = statSync(folder, { throwIfNoEntry: false })?.dev;
    if (device === undefined || disks.has(device)) continue;
    const { blocks, bsize } = statfsSync(folder);
    const small = Math.floor(blocks * bsize * smallDiskShare);
    disks.set(device, {
      folder,
      reserveFile: join(folder, ".reserve"),
      reserveBytes: Math.min(reserveMax, small),
      leftFreeBytes: diskLeftFreeBytes ?? Math.min(leftFreeMax, small),
      free: Number.POSITIVE_INFINITY,
      readAtMs: Number.NEGATIVE_INFINITY,
    });
  }
  return [...disks.values()];
}

function readFree(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined; // away: whoever uses it says so
  }
}

/** Written, not only made long: a file with holes takes no room. */
function fillFile(file: string, bytes: number): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    const zeros = new Uint8Array(Math.min(bytes, mib));
    for (let at = 0; at < bytes; at += zeros.length)
      writeSync(handle, zeros, 0, Math.min(zeros.length, bytes - at));
    fsyncSync(handle);
  } catch (err) {
    rmSync(file, { force: true });
    throw err;
  } finally {
    closeSync(handle);
  }
}
