import { appendFileSync } from "node:fs";
import type { TakeNote } from "../../servers/order.js";

export const takeNote: TakeNote = (note) =>
  appendFileSync(process.env["NOTES"]!, `${JSON.stringify(note)}\n`);
