// The same handlers bare and wrapped, to compare their answers.
import { instrument } from "@prefreeze/vercel";

export const wrap = process.env.BARE ? (handler) => handler : instrument;
