import { readFile, unlink, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 200;

/** Runs `action` while no other process runs one with the same lock file. Waits for its turn. */
export async function exclusively<T>(lockFile: string, action: () => Promise<T>): Promise<T> {
  while (!(await take(lockFile))) await sleep(pollMs);
  try {
    return await action();
  } finally {
    await unlink(lockFile);
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = Number(await readFile(lockFile, "utf8").catch(() => ""));
    // A lock file that was just created is still empty.
    if (holder > 0 && !lives(holder)) await unlink(lockFile).catch(() => {});
    return false;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
