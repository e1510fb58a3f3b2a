// Sets up Nest at the first request, and hands over to the Express app inside it.
import { setTimeout as delay } from "node:timers/promises";
import { Controller, Get, HttpException, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import express from "express";
import { wrap } from "./wrapper.mjs";

class Orders {
  ok() {
    return { ok: true };
  }

  async slow() {
    await delay(200);
    return { ok: true };
  }

  async bad() {
    await delay(50);
    throw new HttpException("down", 503);
  }

  boom() {
    throw new Error("broken");
  }

  async stream() {
    await delay(200);
    return "ab";
  }
}
// Without a compiler, decorators are plain calls.
Controller()(Orders);
for (const name of ["ok", "slow", "bad", "boom", "stream"])
  Get(name)(Orders.prototype, name, Object.getOwnPropertyDescriptor(Orders.prototype, name));

// Nest loads the metadata that its decorators need.
function App() {}
Module({ controllers: [Orders] })(App);

const server = express();
const started = NestFactory.create(App, new ExpressAdapter(server), { logger: false }).then((app) =>
  app.init(),
);

export default wrap(async (req, res) => {
  await started;
  server(req, res);
});
