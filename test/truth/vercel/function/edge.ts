// A function on the edge runtime.
import { takeNote, wrapped } from "./metrics.js";
import { answer } from "./web.js";

export const config = { runtime: "edge" };

export default wrapped(async (request: Request) => await answer(request, takeNote));
