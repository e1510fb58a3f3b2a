// `(req, res)`.
import type { IncomingMessage, ServerResponse } from "node:http";
import { takeNote } from "./file-note.js";
import { wrapped } from "./metrics.js";
import { answerNode } from "./node-answer.js";

export default wrapped(async (request: IncomingMessage, response: ServerResponse) => {
  await answerNode(request, response, takeNote);
});
