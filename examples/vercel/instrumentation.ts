// Sets everything up when the server starts, and counts errors of what is not wrapped.
export { onRequestError, register } from "@prefreeze/vercel/next";
