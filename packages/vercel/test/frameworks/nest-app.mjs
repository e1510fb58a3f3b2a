// An app of Nest, for both ways to serve it.
import { setTimeout as delay } from "node:timers/promises";
import { Controller, Get, HttpException, Module } from "@nestjs/common";

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
export function App() {}
Module({ controllers: [Orders] })(App);
