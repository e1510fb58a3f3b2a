// Sets up Nest at the first request, and hands over to the Express app inside it.
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import express from "express";
import { App } from "./nest-app.mjs";
import { wrap } from "./wrapper.mjs";

const server = express();
const started = NestFactory.create(App, new ExpressAdapter(server), { logger: false }).then((app) =>
  app.init(),
);

export default wrap(async (req, res) => {
  await started;
  server(req, res);
});
