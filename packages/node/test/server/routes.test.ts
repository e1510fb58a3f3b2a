import dns from "node:dns";
import { createServer } from "node:http";
import { installLane } from "@prefreeze/install-lane";
import { instrumentServer } from "@prefreeze/node";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ask, FRAMEWORKS, framework, listening, useMeasuredProcess } from "./measured.js";

const { expectActive, expectRequests, samples } = useMeasuredProcess();
beforeAll(() => installLane(FRAMEWORKS), 180_000);

/* oxlint-disable typescript/no-explicit-any -- the frameworks have no types here, and two versions of them are used */

/** An Express app, whose paths begin with `at`. */
function expressApp(express: any, at: string, create: () => any = express) {
  const app = create();
  const answer = (_: unknown, response: any) => response.send("answered");
  app.use(express.json());
  app.get(`${at}/orders/:id`, answer);
  app.get([`${at}/a`, `${at}/b`], answer);
  app.get(new RegExp(`^${at}/number-\\d+$`), answer);
  const posts = express.Router({ mergeParams: true });
  posts.get("/:post", answer);
  posts.get("/broken/:post", () => {
    throw new Error("broken");
  });
  const users = express.Router();
  users.use("/:user/posts", posts);
  users.get("/", answer);
  app.use(`${at}/users`, users);
  app.use(new RegExp(`${at}/version-\\d+`), users);
  const admin = express();
  const things = express.Router();
  things.get("/:thing", answer);
  admin.use("/things", things);
  app.use(`${at}/admin`, admin);
  app.use((_error: unknown, _request: unknown, response: any, _next: unknown) =>
    response.status(500).send("failed"),
  );
  return app;
}

describe.each(["express", "express-4"])("the routes of %s", (name) => {
  test.each(["app", "server", "listening app"])(
    "are templates, of an instrumented %s",
    async (how) => {
      const express = framework(name);
      const at = `/${name}-${how.replace(" ", "-")}`;
      const app =
        how === "app"
          ? expressApp(express, at, () => instrumentServer(express()))
          : expressApp(express, at);
      const server = createServer(app).listen(0, "127.0.0.1");
      const port = await listening(server);
      if (how === "server") expect(instrumentServer(server)).toBe(server);
      if (how === "listening app") expect(instrumentServer(app)).toBe(app);

      for (const path of ["orders/1", "orders/2", "a", "b", "number-1", "number-22"])
        expect(await ask(port, `${at}/${path}`)).toBe(200);
      // The value of a parameter may be the name of another segment, and letters of any case match.
      for (const path of ["users/7/posts/1", "USERS/posts/posts/2", "users/users/posts/posts"])
        expect(await ask(port, `${at}/${path}`)).toBe(200);
      expect(await ask(port, `${at}/users/7/posts/broken/3`)).toBe(500);
      expect(await ask(port, `${at}/users/`)).toBe(200);
      for (const path of ["version-1/7/posts/1", "version-22/7/posts/1"])
        expect(await ask(port, `${at}/${path}`)).toBe(200);

      await expectRequests("GET", "200", `${at}/orders/:id`).toBe(2);
      await expectRequests("GET", "200", `${at}/a|${at}/b`).toBe(2);
      await expectRequests("GET", "200", `/^\\${at}\\/number-\\d+$/`).toBe(2);
      await expectRequests("GET", "200", `${at}/users/:user/posts/:post`).toBe(3);
      await expectRequests("GET", "500", `${at}/users/:user/posts/broken/:post`).toBe(1);
      await expectRequests("GET", "200", `${at}/users`).toBe(1);
      // An app that was mounted before the app around it was instrumented is known by its second request.
      for (const thing of how === "app" ? [1, 2] : [1, 2, 3])
        expect(await ask(port, `${at}/admin/things/${thing}`)).toBe(200);
      await expectRequests("GET", "200", `${at}/admin/things/:thing`).toBe(2);
      // A pattern is written as it is, or not at all.
      const ofPatterns = (await samples()).filter(
        (line) => /version|\/\*\//.test(line) && line.includes(":post"),
      );
      expect(ofPatterns.length).toBeGreaterThan(0);
      expect((await samples()).filter((line) => /version-\d|number-\d/.test(line))).toEqual([]);
    },
  );

  test("have parameters in their places if values are alike", async () => {
    const express = framework(name);
    const at = `/${name}-alike`;
    const app = instrumentServer(express());
    const users = express.Router({ mergeParams: true });
    users.get("/", (_: unknown, response: any) => response.send("answered"));
    app.use(`${at}/tenants/:tenant/users/:user`, users);
    app.use(`${at}/:area/posts/:post`, users);
    const outer = express.Router({ mergeParams: true });
    outer.use("/:id/:part", users);
    app.use(`${at}/things/:id`, outer);
    const port = await listening(createServer(app).listen(0, "127.0.0.1"));
    for (const path of ["tenants/5/users/5", "tenants/1/users/2", "posts/posts/y", "a/posts/y"])
      expect(await ask(port, `${at}/${path}`)).toBe(200);
    expect(await ask(port, `${at}/things/secret7/secret7/x`)).toBe(200);
    await expectRequests("GET", "200", `${at}/tenants/:tenant/users/:user`).toBe(2);
    const shown = (await samples()).join();
    expect(shown).toContain(`${at}/:area/posts/:post`);
    expect(shown).not.toContain(`posts/:area`);
    expect(shown).not.toContain("secret7");
  });

  test("are empty for whatever no route matches", async () => {
    const app = instrumentServer(expressApp(framework(name), `/${name}-none`));
    const port = await listening(createServer(app).listen(0, "127.0.0.1"));
    const before = (await samples()).filter((line) => line.includes(`code="404"`)).length;
    for (const path of ["/x", "/y/z", "/%00", "/wp-login.php"])
      expect(await ask(port, path)).toBe(404);
    const after = (await samples()).filter((line) => line.includes(`code="404"`));
    expect(after.length).toBeLessThanOrEqual(before + 1);
    expect(after.join()).toContain('http_route=""');
  });
});

describe.each(["fastify", "fastify-4"])("the routes of %s", (name) => {
  test("are templates, with the prefixes of plugins, for answers of hooks as well", async () => {
    const at = `/${name}`;
    const app = instrumentServer(framework(name)());
    app.get(`${at}/orders/:id`, async () => "answered");
    app.get(`${at}/broken/:id`, async () => {
      throw new Error("broken");
    });
    app.register(
      async (plugin: any) => {
        plugin.addHook("onRequest", async (request: any, reply: any) =>
          request.query.secret ? undefined : reply.code(401).send("no"),
        );
        plugin.get("/in/:id", async () => "answered");
      },
      { prefix: `${at}/plugin` },
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    const port = await listening(app.server);
    for (const path of [
      "orders/1",
      "orders/2",
      "broken/1",
      "plugin/in/1",
      "plugin/in/1?secret=x",
      "none",
    ])
      await ask(port, `${at}/${path}`);
    await expectRequests("GET", "200", `${at}/orders/:id`).toBe(2);
    await expectRequests("GET", "500", `${at}/broken/:id`).toBe(1);
    await expectRequests("GET", "401", `${at}/plugin/in/:id`).toBe(1);
    await expectRequests("GET", "200", `${at}/plugin/in/:id`).toBe(1);
    await app.close();
  });

  test("are known of every address that the name of its host has", async () => {
    const at = `/${name}-addresses`;
    const app = instrumentServer(framework(name)());
    app.get(`${at}/:id`, async () => "answered");
    const found = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    const { lookup: original } = dns as any;
    const lookup = vi.spyOn(dns, "lookup").mockImplementation(((host: string, ...args: any[]) => {
      const report = args.at(-1);
      if (host !== "localhost") original(host, ...args);
      else if (args[0].all) report(null, found);
      else report(null, found[0]!.address, 4);
    }) as never);
    onTestFinished(() => lookup.mockRestore());
    await app.listen({ port: 0, host: "localhost" });
    onTestFinished(() => app.close());
    const addresses = () => app.addresses() as { address: string; port: number }[];
    await expect.poll(addresses).toHaveLength(2);
    for (const { address, port } of addresses())
      for (const id of [1, 2]) expect(await ask(port, `${at}/${id}`, { host: address })).toBe(200);
    expect((await app.inject(`${at}/3`)).statusCode).toBe(200);
    await expectRequests("GET", "200", `${at}/:id`).toBe(4);
    await expectActive().toBe(0);
  });

  test("are known of plugins that were loaded before", async () => {
    const at = `/${name}-loaded`;
    const app = framework(name)();
    await app.register(
      async (plugin: any) => {
        await plugin.register(async (inner: any) => {
          inner.get("/orders/:id", async () => "answered");
        });
      },
      { prefix: at },
    );
    instrumentServer(app);
    await app.listen({ port: 0, host: "127.0.0.1" });
    expect(await ask(await listening(app.server), `${at}/orders/1`)).toBe(200);
    await expectRequests("GET", "200", `${at}/orders/:id`).toBe(1);
    await app.close();
  });

  test("are known of handlers in version 5 if the instance listens already", async () => {
    const at = `/${name}-late`;
    const app = framework(name)();
    app.get(`${at}/:id`, async (_: unknown, reply: any) => reply.code(218).send("answered"));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    onTestFinished(() => warned.mockRestore());
    expect(instrumentServer(app)).toBe(app);
    const isNew = name === "fastify";
    expect(warned.mock.calls.flat()).toEqual(
      isNew
        ? []
        : ["prefreeze: requests have no route: call instrumentServer() before Fastify listens"],
    );
    expect(await ask(await listening(app.server), `${at}/1`)).toBe(218);
    await expectRequests("GET", "218", isNew ? `${at}/:id` : "").toBe(1);
    await app.close();
  });
});

describe.each(["koa", "koa-2"])("the routes of %s", (name) => {
  test.each([true, false])("are those of its router, before listen: %s", async (before) => {
    const at = `/${name}-${before}`;
    const Koa = framework(name);
    const { Router } = framework("@koa/router");
    const mount = framework("koa-mount");
    const app = new Koa();
    app.silent = true;
    if (before) expect(instrumentServer(app)).toBe(app);
    const answer = (context: any) => (context.body = "answered");
    const inner = new Router();
    inner.get("/posts/:post", answer);
    inner.get("/broken/:post", () => {
      throw new Error("broken");
    });
    const router = new Router({ prefix: at });
    router.get("/orders/:id", answer);
    router.use("/users/:user", inner.routes());
    const mounted = new Koa();
    mounted.use(new Router().get("/things/:thing", answer).routes());
    app.use(mount(`${at}-mounted`, mounted)).use(router.routes());
    const port = await listening(app.listen(0, "127.0.0.1"));
    if (!before) instrumentServer(app);

    for (const path of ["/orders/1", "/orders/2", "/users/1/posts/2?a=b", "-mounted/things/3"])
      expect(await ask(port, `${at}${path}`)).toBe(200);
    expect(await ask(port, `${at}/users/1/broken/2`)).toBe(500);
    expect(await ask(port, `${at}/none`)).toBe(404);
    await expectRequests("GET", "200", `${at}/orders/:id`).toBe(2);
    await expectRequests("GET", "200", `${at}/users/:user/posts/:post`).toBe(1);
    await expectRequests("GET", "500", `${at}/users/:user/broken/:post`).toBe(1);
    await expectRequests("GET", "200", `${at}-mounted/things/:thing`).toBe(1);
    expect((await samples()).filter((line) => line.includes("none"))).toEqual([]);
  });
});

describe("the routes of Hono on node-server", () => {
  test.each([true, false])(
    "are those of handlers, not of middleware, before serve: %s",
    async (before) => {
      const at = `/hono-${before}`;
      const { Hono } = framework("hono");
      const { serve } = framework("@hono/node-server");
      const app = new Hono();
      if (before) expect(instrumentServer(app)).toBe(app);
      app.use("*", async (_: unknown, next: any) => next());
      app.get(`${at}/orders/me`, (context: any) => context.text("answered"));
      app.get(`${at}/orders/:id`, (context: any) => context.text("answered"));
      const inner = new Hono();
      inner.get("/:post", () => {
        throw new Error("broken");
      });
      app.route(`${at}/posts`, inner);
      app.use(`${at}/admin/*`, (context: any) => context.text("no", 401));
      app.onError((_: unknown, context: any) => context.text("failed", 500));
      const port = await listening(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
      if (!before) instrumentServer(app);

      for (const path of ["orders/me", "orders/1", "orders/2", "posts/1", "admin/1", "admin/2"])
        await ask(port, `${at}/${path}`);
      expect(await ask(port, `${at}/orders/3`, { method: "HEAD" })).toBe(200);
      await expectRequests("GET", "200", `${at}/orders/me`).toBe(1);
      await expectRequests("GET", "200", `${at}/orders/:id`).toBe(2);
      await expectRequests("HEAD", "200", `${at}/orders/:id`).toBe(1);
      await expectRequests("GET", "500", `${at}/posts/:post`).toBe(1);
      expect((await samples()).filter((line) => line.includes(`${at}/admin`))).toEqual([]);
    },
  );
});

describe("more routes than an instance tells apart", () => {
  test("are one route, _OTHER", async () => {
    const app = instrumentServer(framework("express")());
    for (let i = 0; i < 120; i++)
      app.get(`/one-of-many-${i}`, (_: unknown, response: any) => response.status(226).end());
    const port = await listening(createServer(app).listen(0, "127.0.0.1"));
    for (let i = 0; i < 120; i++) await ask(port, `/one-of-many-${i}`);
    await expectRequests("GET", "226", "_OTHER").toBeGreaterThanOrEqual(20);
    expect((await samples()).filter((line) => line.includes("many")).length).toBeLessThanOrEqual(
      100,
    );
  });
});
