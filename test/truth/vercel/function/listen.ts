// A server that listens. The builder's server finds it, and it does not listen in the end.
import { createServer } from "node:http";
import { takeNote } from "./file-note.js";
import { wrapped } from "./metrics.js";
import { answerNode } from "./node-answer.js";

const server = createServer((request, response) => {
  // As with an app whose handlers nobody watches: the platform answers if one fails.
  void answerNode(request, response, takeNote);
});

wrapped(server).listen(0);
