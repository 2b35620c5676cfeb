// Watches the free space of the disks with Rondo's files. New work is refused before a disk is full. A deletion needs
// some space, too, because it writes to a database. So `makeRoom` deletes a reserve file if a disk is full.
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { AppError } from "../errors.ts";

export interface DiskRoom {
  /**
   * Returns the free bytes of each disk. The key is the path of one folder on the disk. If a disk can't be read, the
   * last known number of its free bytes is returned. The result is empty if every store is on a server.
   */
  freeBytes(): Readonly<Record<string, number>>;
  isLow(): boolean;
  /**
   * Throws STORAGE_FULL if a disk has fewer free bytes than `leftFreeBytes * (1 - share)`. `share` is 0 by default, for
   * new work. Work that has already begun passes a larger `share` (at most 1), so that it can continue while new work
   * is refused. The size of the work is not considered.
   */
  refuseWhenLow(options?: { readonly share: number }): void;
  /**
   * Deletes the reserve file of each full disk, so that there is space for the writes that a deletion needs. A disk is
   * full if its free space is not larger than the reserve file.
   */
  makeRoom(): void;
  /**
   * Creates the reserve file of each disk that has enough free space for it. Then checks every five seconds whether a
   * reserve file is missing or too short, and creates or completes it as soon as there is enough space. Returns a
   * function that ends these checks.
   */
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
  /** With fewer free bytes than this, new work is refused. */
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
      if (sizeOf(reserveFile) >= reserveBytes || freeOf(disk) < leftFreeBytes + reserveBytes) continue;
      try {
        fillFile(reserveFile, reserveBytes);
      } catch {
        // The write failed, perhaps because the disk became full. The next check that finds enough space tries again.
      }
    }
  }

  return {
    freeBytes: () => Object.fromEntries(disks.map((disk) => [disk.folder, freeOf(disk)])),
    isLow,
    refuseWhenLow({ share } = { share: 0 }) {
      if (!disks.some((disk) => freeOf(disk) < disk.leftFreeBytes * (1 - share))) return;
      throw new AppError("STORAGE_FULL", "The disk has too little free space for new work.", {
        hint: "Delete unused things and remove them from the trash (?purge=now), or enlarge the disk.",
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

/** Returns each disk once. Leaves out a folder that doesn't exist yet. */
function disksOf({
  dataDir,
  controlUrl,
  queueUrl,
  businessUrl,
  chunksUrl,
  objectsUrl,
  diskLeftFreeBytes,
}: Config) {
  const ofFiles = [controlUrl, queueUrl].filter(isOnDisk).map(({ location }) => dirname(location));
  const folders = [
    ...ofFiles,
    ...[businessUrl, chunksUrl, objectsUrl].filter(isOnDisk).map(({ location }) => location),
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
    return undefined; // The folder is unavailable. Its store reports the error.
  }
}

/** Returns 0 for a missing file. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Creates the file, or completes a file that a killed process left too short. If a write fails, deletes the file and
 * throws the error. Writes real bytes, because a sparse file would reserve no space. Several processes can fill the
 * same file at the same time, because all of them write the same bytes at the same positions.
 */
function fillFile(file: string, bytes: number): void {
  const handle = openSync(file, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    const zeros = new Uint8Array(Math.min(bytes, mib));
    for (let at = 0; at < bytes; at += zeros.length)
      writeSync(handle, zeros, 0, Math.min(zeros.length, bytes - at), at);
    fsyncSync(handle);
  } catch (err) {
    rmSync(file, { force: true });
    throw err;
  } finally {
    closeSync(handle);
  }
}
