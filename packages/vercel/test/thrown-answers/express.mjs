import { instrument } from "@prefreeze/vercel";
import express from "express";
import createError from "http-errors";

const app = express();
app.get(
  "/http-errors",
  instrument(async () => {
    throw createError(401);
  }),
);
app.get(
  "/down",
  instrument(() => {
    throw createError(503);
  }),
);

export default app;
