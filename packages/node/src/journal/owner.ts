import type { JournalFile } from "./journal-file.js";
import { OWNER_AT } from "./layout.js";
import { processStart } from "./process-start.js";
import { isSealed, seal } from "./sealed.js";

const OWNER_BYTES = 16;

/** Whether the process that owns the journal still runs. It may be this one. */
export function isOwned(file: JournalFile): boolean {
  const record = file.read(OWNER_AT, OWNER_BYTES);
  return isSealed(record) && processStart(record.readUInt32LE(4)) === record.readDoubleLE(8);
}

/** Makes this process the owner of the journal. @throws Error if the write fails */
export function own(file: JournalFile): void {
  const { pid } = process;
  const record = Buffer.alloc(OWNER_BYTES);
  record.writeUInt32LE(pid, 4);
  record.writeDoubleLE(processStart(pid) ?? 0, 8);
  seal(record);
  file.write(record, OWNER_AT);
}
