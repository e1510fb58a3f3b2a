// `export const GET`. Cron jobs call it, too.
import { takeNote } from "./file-note.js";
import { wrapped } from "./metrics.js";
import { answer } from "./web.js";

export const GET = wrapped(async (request: Request) => await answer(request, takeNote));
