// `export default { fetch }`.
import { takeNote } from "./file-note.js";
import { wrapped } from "./metrics.js";
import { answer } from "./web.js";

export default wrapped({ fetch: async (request: Request) => await answer(request, takeNote) });
