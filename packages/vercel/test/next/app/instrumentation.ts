export { onRequestError, register } from "@prefreeze/vercel/next";
